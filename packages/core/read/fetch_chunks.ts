import { inParallel } from "../concurrency/in_parallel.ts";
import type { ObjectStore } from "../contract/object_store.ts";
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
  const indexes = firstIndex === 0 ? cutAsFetched(read, store, options) : ascending(read, firstIndex);
  const limit = store.limits.read;
  const { concurrency = "auto" } = options;
  // Some more than may be in flight: then the limit sees that more are wanted.
  const most = () => concurrency === "auto" ? limit.current + Math.ceil(limit.current / 4) : concurrency;
  await inParallel(indexes, most, async (index, signal) => {
    const { offset, length } = read.chunkAt(index) ?? range;
    const start = offset - range.offset;
    await read.fetch(index, target.subarray(start, start + length), signal);
  }, options.signal);
}

/** Gives the index of one chunk after the other, each cut when it is asked for. */
function* cutAsFetched(read: ObjectRead, store: ObjectStore, options: ReadOptions): Generator<number> {
  const { limits, readHints } = store;
  const units = cutUnits({
    range: read.range,
    first: read.chunkAt(0)?.length ?? 0,
    partSize: readHints.alignment,
    chunkSize: chunkSizes(readHints, limits.read, options),
  });
  read.beginAnew();
  for (const unit of units) {
    for (const chunk of unit) yield read.append(chunk);
  }
}

/** The indexes of chunks that are cut already, the answered one first. */
function* ascending(read: ObjectRead, firstIndex: number): Generator<number> {
  yield firstIndex;
  for (let index = 0; index < firstIndex && read.chunkAt(index); index++) yield index;
}
