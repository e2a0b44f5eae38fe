import { parallelResults } from "../concurrency/in_parallel.ts";
import { InvalidNameError } from "../errors/errors.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ListOptions, ObjectMeta } from "../contract/types.ts";
import type { ProgressEvent } from "../progress/progress.ts";
import { checkReadOptions, type ReadOptions } from "../read/read_options.ts";
import { objectUri } from "../uri/check_key.ts";
import { PlaceJudge } from "./place_judge.ts";
import type { CarryOptions, Dropped } from "./carry.ts";
import { copyObjectWithin } from "./copy_object.ts";

/** Options of {@linkcode copyTree}. */
export interface CopyTreeOptions
  extends
    Omit<ReadOptions, "range" | "ifMatch" | "version" | "concurrency">,
    Pick<ListOptions, "onLeftOut">,
    Pick<CarryOptions, "keepTime" | "guessContentType"> {
  /** Objects copied concurrently; 32 by default, fewer where the byte budget does not suffice. */
  readonly concurrency?: number;
  /** Which objects are copied; all by default. */
  readonly filter?: (meta: ObjectMeta) => boolean;
  /** Copies only what the destination has not: an object that exists there is an `AlreadyExistsError` of its own. */
  readonly createOnly?: boolean;
}

/** What became of one object of a tree. */
export interface CopyTreeResult {
  /** The object that was to be copied. */
  readonly source: ObjectMeta;
  /** Its key in the destination. */
  readonly key: string;
  /** Why it was not copied; absent when it was. */
  readonly error?: unknown;
  /** What of the source the copy lacks; absent where it lacks nothing. */
  readonly dropped?: readonly Dropped[];
}

const OBJECTS_AT_ONCE = 32;

/**
 * Copies every object whose key starts with `fromPrefix` to the same name under `toPrefix`, many concurrently, and
 * yields one result per object in the order they finish. One that fails does not stop the others.
 *
 * Prefixes end in `/` or are empty; names below them are kept whole, so that two objects never become one. An object
 * without bytes that only marks a directory (its name is empty or ends in `/`) becomes one where the destination has
 * directories. It is left out, and passed to `onLeftOut`, where the destination has neither those nor such keys. The
 * destination must not lie in the source, since the copies would be copied in turn: that is a `TypeError`. Where the
 * source lies in the destination, an object whose copy would fall into the source is an `InvalidNameError` of its own,
 * since it would replace what is still to be copied.
 *
 * Leaving the iteration early aborts what is in flight. What the progress listener throws ends the copy. Memory is
 * bounded by the byte budget and by `concurrency` chunks.
 */
export async function* copyTree(
  from: ObjectStore,
  fromPrefix: string,
  to: ObjectStore,
  toPrefix: string,
  options: CopyTreeOptions = {},
): AsyncGenerator<CopyTreeResult> {
  for (const prefix of [fromPrefix, toPrefix]) {
    if (prefix !== "" && !prefix.endsWith("/")) {
      throw new TypeError(`Cannot copy a tree by prefix ${JSON.stringify(prefix)}: it must end in /`);
    }
  }
  const call = options.signal ? { signal: options.signal } : {};
  const judge = new PlaceJudge();
  const [inside, outside] = [{ store: from, key: fromPrefix }, { store: to, key: toPrefix }];
  if (await judge.contains(inside, outside, undefined, call)) {
    const [source, target] = [objectUri(from.uri, fromPrefix), objectUri(to.uri, toPrefix)];
    throw new TypeError(
      `Cannot copy the tree ${JSON.stringify(source)}: ${JSON.stringify(target)} lies in it`,
    );
  }
  const within = await judge.pathWithin(outside, inside, undefined, call);
  checkReadOptions(options);
  const { concurrency = OBJECTS_AT_ONCE, filter, createOnly: _, onLeftOut, ...reading } = options;
  const stopListing = new AbortController();
  let listenerFailure: { readonly error: unknown } | undefined;
  const onProgress = (event: ProgressEvent) => {
    try {
      options.onProgress?.(event);
    } catch (error) {
      listenerFailure ??= { error };
      stopListing.abort(error);
      throw error;
    }
  };
  const copyOne = async (source: ObjectMeta, signal: AbortSignal): Promise<CopyTreeResult> => {
    const name = source.key.slice(fromPrefix.length);
    const key = toPrefix + name;
    onProgress({ type: "started", key: source.key, size: source.size });
    try {
      if (within !== undefined && name.startsWith(within)) {
        const detail = `its copy ${JSON.stringify(objectUri(to.uri, key))} would lie in the source`;
        throw new InvalidNameError({ operation: "copy", uri: objectUri(from.uri, source.key), detail });
      }
      const lease = await from.context.budget.acquire(
        Math.min(source.size, from.readHints.firstChunkSize),
        signal,
      );
      if (isMarker(source, fromPrefix) && to.tree) {
        lease.release();
        await to.tree.makeDirectory(key, { signal });
        onProgress({ type: "finished", key: source.key, size: 0 });
        return { source, key };
      }
      const create = options.createOnly ? { ifNoneMatch: "*" } : {};
      const { size, dropped } = await copyObjectWithin(
        from,
        source.key,
        to,
        key,
        { ...reading, ...create, source, onProgress, signal },
        lease,
      );
      onProgress({ type: "finished", key: source.key, size });
      return { source, key, ...(dropped && { dropped }) };
    } catch (error) {
      if (listenerFailure) throw listenerFailure.error;
      onProgress({ type: "failed", key: source.key, error });
      return { source, key, error };
    }
  };
  const listed = async function* () {
    const signal = options.signal
      ? AbortSignal.any([options.signal, stopListing.signal])
      : stopListing.signal;
    const listing = { signal, order: "any", ...(onLeftOut && { onLeftOut }) } as const;
    for await (const source of from.list(fromPrefix, listing)) {
      if (filter && !filter(source)) continue;
      if (isUselessMarker(source, fromPrefix, to, toPrefix)) {
        onLeftOut?.({ key: source.key, reason: "it only marks a directory", hasBytes: false });
      } else yield source;
    }
  };
  const most = () => from.context.descriptors.atOnce(concurrency);
  yield* parallelResults(listed(), most, copyOne, options.signal);
}

function isMarker({ key, size }: ObjectMeta, prefix: string): boolean {
  return size === 0 && (key.length === prefix.length || key.endsWith("/"));
}

/** A marker whose name the destination cannot have, nor a directory of it. */
function isUselessMarker(source: ObjectMeta, fromPrefix: string, to: ObjectStore, toPrefix: string): boolean {
  if (!isMarker(source, fromPrefix)) return false;
  if (toPrefix.length + source.key.length === fromPrefix.length) return true;
  return to.keyFault(toPrefix + source.key.slice(fromPrefix.length)) !== undefined && !to.tree;
}
