import type { ObjectMeta } from "@lade/core";
import { compareKeys } from "@lade/core/backend";
import { InvalidNameError, ServiceError } from "@lade/core/errors";

/** One of two trees that are laid side by side. */
export interface ListedSide {
  /** The URI of the tree, for messages. */
  readonly uri: string;
  /** What every key begins with; the rest of it is the name, which both sides have in common. */
  readonly prefix: string;
  /** Lists the tree in the order of its keys, until `signal` ends it. */
  list(signal: AbortSignal): AsyncIterable<ObjectMeta>;
  /** Called for each entry: whether the merge goes on as if it were not there; never, by default. */
  passesOver?(meta: ObjectMeta, name: string): boolean;
}

/** What has one name: on one side, or on both. */
export interface Pair {
  /** The key below the prefix of its side. */
  readonly name: string;
  /** The object of the source; absent where it has none of this name. */
  readonly source?: ObjectMeta;
  /** The object of the target; absent where it has none of this name. */
  readonly target?: ObjectMeta;
}

/**
 * Lays two listings side by side and yields every name once, in order. Each side is listed once, both concurrently, and no
 * more is held than one entry of each.
 *
 * A name that does not follow the one before is a `ServiceError`, a key outside the prefix an `InvalidNameError`. The
 * failure of either side ends both, after the pairs before it.
 */
export async function* mergeListings(
  source: ListedSide,
  target: ListedSide,
  signal?: AbortSignal,
): AsyncGenerator<Pair, void, void> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const [one, other] = [new Cursor(source, either), new Cursor(target, either)];
  try {
    for (;;) {
      if (one.isTaken && other.isTaken) {
        const [next, otherNext] = await Promise.all([one.next(), other.next()]);
        one.advance(next);
        other.advance(otherNext);
      } else if (one.isTaken) one.advance(await one.next());
      else if (other.isTaken) other.advance(await other.next());
      if (one.isTaken || other.isTaken) continue;
      const order = one.isEnded ? (other.isEnded ? undefined : 1) : other.isEnded ? -1 : compare(one, other);
      if (order === undefined) return;
      if (order === 0) yield { name: one.name, source: one.take(), target: other.take() };
      else if (order < 0) yield { name: one.name, source: one.take() };
      else yield { name: other.name, target: other.take() };
    }
  } finally {
    stop.abort(signal?.aborted ? signal.reason : undefined);
    await Promise.allSettled([one.close(), other.close()]);
  }
}

function compare(one: Cursor, other: Cursor): number {
  return one.name === other.name ? 0 : compareKeys(one.name, other.name);
}

/** Where one side has come to. */
class Cursor {
  readonly #side: ListedSide;
  readonly #entries: AsyncIterator<ObjectMeta>;
  #entry: ObjectMeta | undefined;
  #isFirst = true;
  /** The name of the entry, or of the last one taken or passed over. */
  name = "";
  /** Whether the entry was taken or passed over, and the next one is to be asked for. */
  isTaken = true;
  /** Whether there are no more. */
  isEnded = false;

  constructor(side: ListedSide, signal: AbortSignal) {
    this.#side = side;
    this.#entries = side.list(signal)[Symbol.asyncIterator]();
  }

  /** Asks for the next entry; after the end there is none. */
  next(): Promise<IteratorResult<ObjectMeta>> {
    return this.#entries.next();
  }

  /** Goes on to the next entry. */
  advance(next: IteratorResult<ObjectMeta>): void {
    this.isTaken = false;
    if (next.done) {
      this.isEnded = true;
      return;
    }
    const { key } = next.value;
    const { prefix, uri } = this.#side;
    if (!key.startsWith(prefix)) {
      const detail = `the listing gave ${JSON.stringify(key)}, which does not lie there`;
      throw new InvalidNameError({ operation: "list", uri, detail });
    }
    const name = prefix === "" ? key : key.slice(prefix.length);
    if (!this.#isFirst && compareKeys(name, this.name) <= 0) {
      const detail = `the listing gave ${JSON.stringify(key)} after ${JSON.stringify(prefix + this.name)}, ` +
        "which is not the order of keys";
      throw new ServiceError({ operation: "list", uri, detail });
    }
    this.#isFirst = false;
    this.name = name;
    if (this.#side.passesOver?.(next.value, name)) this.isTaken = true;
    else this.#entry = next.value;
  }

  /** Takes the entry, once. */
  take(): ObjectMeta {
    const entry = this.#entry;
    if (!entry) throw new TypeError("there is no entry to take");
    this.#entry = undefined;
    this.isTaken = true;
    return entry;
  }

  /** Ends the listing. */
  async close(): Promise<void> {
    if (!this.isEnded) await this.#entries.return?.();
  }
}
