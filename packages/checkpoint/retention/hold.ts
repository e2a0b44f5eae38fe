import { objectUri } from "@lade/core";
import { startTicker, withTimeout } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, holdsPrefix, refName } from "../keys/series_keys.ts";
import { mayBeThere, TRIES } from "../series/create_same.ts";
import { isRetired } from "../series/marks.ts";
import type { Series } from "../series/series.ts";

/** Keeps a checkpoint from being removed while it is read. */
export class Hold implements AsyncDisposable {
  /** The key of what says so. */
  readonly key: string;
  readonly #series: Series;
  readonly #stop: () => void;
  readonly #over = new AbortController();
  #renewing: Promise<void> | undefined;

  private constructor(series: Series, key: string, leaseMs: number) {
    this.#series = series;
    this.key = key;
    // A process ends with what it left open: the hold then ends with its lease.
    this.#stop = startTicker(series.store.context.clock, leaseMs / 3, () => this.#renew());
  }

  /**
   * Takes a hold. Whoever removes writes its mark first and looks for holds then, and whoever holds does it the other way
   * round, so that one of both sees the other. A checkpoint that is being removed is a `NotFoundError`.
   */
  static async take(
    series: Series,
    ref: CheckpointRef,
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<Hold> {
    const { store } = series;
    const key = `${holdsPrefix(ref)}${crypto.randomUUID()}.json`;
    await writeHold(series, key, signal);
    try {
      if (await isRetired(series, ref, signal)) {
        throw new NotFoundError({
          operation: `open checkpoint ${refName(ref)} in`,
          uri: store.uri,
          detail: "it is being removed",
        });
      }
      return new Hold(series, key, leaseMs);
    } catch (error) {
      await giveBack(series, key);
      throw error;
    }
  }

  /** Gives it back. One that cannot be given back ends with its lease, and what it was for does not fail of that. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    this.#over.abort();
    await this.#renewing;
    await giveBack(this.#series, this.key);
  }

  /** One that cannot be renewed is tried again in time; readers find out by what is gone. */
  #renew(): void {
    const { signal } = this.#over;
    this.#renewing ??= writeHold(this.#series, this.key, signal)
      .catch((error) => {
        if (!signal.aborted) {
          tell(this.#series, this.key, "the hold on a checkpoint could not be renewed", error);
        }
      })
      .finally(() => this.#renewing = undefined);
  }
}

/** Whether anybody holds a checkpoint at `now`, by the store's clock. */
export async function isHeld(
  { store }: Series,
  ref: CheckpointRef,
  { now, leaseMs, signal }: {
    readonly now: number;
    readonly leaseMs: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<boolean> {
  for await (const { lastModified } of store.list(holdsPrefix(ref), signal ? { signal } : {})) {
    if (now - lastModified.getTime() < leaseMs) return true;
  }
  return false;
}

/** It is the same whoever writes it, and written again where the answer is lost. */
async function writeHold({ store }: Series, key: string, signal?: AbortSignal): Promise<void> {
  const bytes = sealJson({ format: "lade-checkpoint-hold", version: 1 });
  for (let attempt = 1;; attempt++) {
    try {
      await store.put(key, bytes, signal ? { signal } : {});
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayBeThere(error) || attempt === TRIES) throw error;
    }
  }
}

async function giveBack(series: Series, key: string): Promise<void> {
  await removeSoon(series, key).catch((error) =>
    tell(series, key, "the hold on a checkpoint could not be given back", error)
  );
}

/** How long a store may take to remove what ends with a lease anyway, in milliseconds. */
const SOON_MS = 5000;

/** Removes a hold, or another small object that is removed with those that have ended; a store that stalls is not waited for. */
export async function removeSoon({ store }: Pick<Series, "store">, key: string): Promise<void> {
  await withTimeout(store.context.clock, SOON_MS, (signal) => store.delete(key, { signal }));
}

function tell({ store: { uri, context } }: Series, key: string, what: string, error: unknown): void {
  context.onNotice?.({
    uri: objectUri(uri, key),
    text: `${what}: ${error instanceof Error ? error.message : error}`,
  });
}
