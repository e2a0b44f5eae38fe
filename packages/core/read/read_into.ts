import { inParallel } from "../concurrency/in_parallel.ts";
import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { objectUri } from "../uri/check_key.ts";
import { chunkSizes, cutUnits } from "./chunk_plan.ts";
import { ObjectRead } from "./object_read.ts";
import { targetFault } from "./target_fault.ts";
import { readNow } from "./read_now.ts";
import { checkReadOptions, type ReadOptions, type ReadResult } from "./read_options.ts";

/**
 * Reads an object, or a range of it, to the start of `target`: in one request when it is small, else as concurrent
 * ranges of one version, straight into place.
 *
 * `target` is in use until this settles, and holds arbitrary bytes after a failure. One that is too small is a
 * `RangeError`, once the first answer is there. Reads into a slab of the context's buffers (or into any
 * `WebAssembly.Memory`) are the fastest. Shared memory is filled as well.
 */
export async function readInto(
  store: ObjectStore,
  key: string,
  target: Uint8Array,
  given?: ReadOptions,
): Promise<ReadResult> {
  const options = takeOptions(given);
  checkReadOptions(options);
  const fault = targetFault(target);
  if (fault) throw fault;
  const room = (length: number) => length > target.length ? undefined : startOf(target, length);
  const ready = readNow(store, key, options, room);
  if (ready) return ready;
  const read = await ObjectRead.open(store, key, options);
  try {
    if (read.range.length > target.length) {
      const uri = JSON.stringify(objectUri(store.uri, key));
      throw new RangeError(
        `Cannot read ${uri}: it takes ${read.range.length} bytes, the buffer has ${target.length}`,
      );
    }
    await fetchChunks(store, read, target, options);
  } catch (error) {
    await read.close(error);
    throw error;
  }
  return await read.finish();
}

/**
 * As {@linkcode readInto}, where the store has all the bytes at hand: in memory, or in the system's cache. Else there is no
 * result, what `target` holds is arbitrary, and `readInto` has the answer.
 */
export function readIntoNow(
  store: ObjectStore,
  key: string,
  target: Uint8Array,
  options: ReadOptions = {},
): ReadResult | undefined {
  return readNow(
    store,
    key,
    options,
    (length) => length > target.length ? undefined : startOf(target, length),
  );
}

/**
 * Fetches every chunk of a read into its place in `target`, several concurrently. When one fails, the others are aborted
 * and waited for before this rejects, so that nothing touches `target` afterwards.
 */
export function fetchChunks(
  store: ObjectStore,
  read: ObjectRead,
  target: Uint8Array,
  options: ReadOptions,
): Promise<void> {
  return read.isWhole
    ? read.fetch(0, startOf(target, read.range.length), options.signal)
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
  await inParallel(indexes, { most, onRise: limit.onRise }, async (index, signal) => {
    const { offset, length } = read.chunkAt(index) ?? range;
    const start = offset - range.offset;
    const place = target.subarray(start, start + length);
    if (isShared(place) && !read.ordered) await read.pour(index, place, [], signal);
    else await read.fetch(index, place, signal);
  }, options.signal);
}

/** Memory that may be filled from elsewhere. */
function isShared(bytes: Uint8Array): bytes is Uint8Array<SharedArrayBuffer> {
  return bytes.buffer instanceof SharedArrayBuffer;
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

/** The first bytes of a view. Making another view takes longer than a look whether it is needed. */
function startOf(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.length === length ? bytes : bytes.subarray(0, length);
}
