import type { ObjectStore } from "../contract/object_store.ts";
import type { ResolvedRange } from "../contract/types.ts";
import { chunkSizes } from "./chunk_size.ts";
import { cutUnits } from "./cut_units.ts";
import type { ObjectRead } from "./object_read.ts";
import { part } from "./part.ts";
import type { ReadOptions } from "./read_options.ts";

/**
 * Fetches every chunk of a read into its place in `target`, several at once. When one fails, the others are aborted
 * and waited for before this rejects, so that nothing touches `target` afterwards.
 */
export function fetchChunks(
  store: ObjectStore,
  read: ObjectRead,
  target: Uint8Array,
  options: ReadOptions,
): Promise<void> {
  return read.isWhole
    ? read.fetch(0, part(target, 0, read.range.length), options.signal)
    : fetchSeveral(store, read, target, options);
}

async function fetchSeveral(
  store: ObjectStore,
  read: ObjectRead,
  target: Uint8Array,
  options: ReadOptions,
): Promise<void> {
  const { firstIndex, range } = read;
  const nextIndex = firstIndex === 0 ? cutAsFetched(read, store, options) : ascending(read, firstIndex);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const running = new Set<Promise<void>>();
  const fetch = async (index: number) => {
    const { offset, length } = read.chunkAt(index) ?? range;
    const start = offset - range.offset;
    try {
      await read.fetch(index, target.subarray(start, start + length), signal);
    } catch (error) {
      if (!stop.signal.aborted) stop.abort(error);
    }
  };
  const limit = store.context.limits.of(store.readHints);
  const { concurrency = "auto" } = options;
  // Some more than may be in flight: then the limit sees that more are wanted.
  const most = () => concurrency === "auto" ? limit.current + Math.ceil(limit.current / 4) : concurrency;
  while (!signal.aborted) {
    const index = nextIndex();
    if (index === undefined) break;
    const task = fetch(index).finally(() => running.delete(task));
    running.add(task);
    while (running.size >= most() && !signal.aborted) await Promise.race(running);
  }
  await Promise.all(running);
  options.signal?.throwIfAborted();
  stop.signal.throwIfAborted();
}

/** Gives the index of one chunk after the other, each cut when it is asked for. */
function cutAsFetched(read: ObjectRead, store: ObjectStore, options: ReadOptions): () => number | undefined {
  const { context, readHints } = store;
  const units = cutUnits({
    range: read.range,
    first: read.chunkAt(0)?.length ?? 0,
    partSize: readHints.alignment,
    chunkSize: chunkSizes(readHints, context.limits.of(readHints), options),
  });
  read.beginAnew();
  let unit: ResolvedRange[] = [];
  return () => {
    if (unit.length === 0) unit = [...units.next().value ?? []];
    const chunk = unit.shift();
    return chunk && read.append(chunk);
  };
}

/** The indexes of chunks that are cut already, the answered one first. */
function ascending(read: ObjectRead, firstIndex: number): () => number | undefined {
  let next = -1;
  return () => {
    const index = next++;
    if (index < 0) return firstIndex;
    return index < firstIndex && read.chunkAt(index) ? index : undefined;
  };
}
