import type { ObjectRead } from "./object_read.ts";
import type { ReadOptions } from "./read_options.ts";

const MOST_LANES = 256;

/**
 * Fetches every chunk of a read into its place in `target`, several at once. When one fails, the others are aborted
 * and waited for before this rejects, so that nothing touches `target` afterwards.
 */
export async function fetchChunks(
  read: ObjectRead,
  target: Uint8Array,
  options: ReadOptions,
): Promise<void> {
  const { chunks, firstIndex, range } = read;
  if (chunks.length === 1) {
    return await read.fetch(0, exact(target, range.length), options.signal);
  }
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let next = 0;
  const fetch = (index: number) => {
    const chunk = chunks[index];
    if (!chunk) return Promise.resolve();
    const start = chunk.offset - range.offset;
    return read.fetch(index, target.subarray(start, start + chunk.length), signal);
  };
  const lane = async (index: number | undefined) => {
    try {
      if (index !== undefined) await fetch(index);
      while (next < chunks.length) {
        const current = next++;
        if (current !== firstIndex) await fetch(current);
      }
    } catch (error) {
      next = chunks.length;
      if (!stop.signal.aborted) stop.abort(error);
    }
  };
  const { concurrency = "auto" } = options;
  const lanes = Math.min(chunks.length, concurrency === "auto" ? MOST_LANES : concurrency);
  await Promise.all(Array.from({ length: lanes }, (_, i) => lane(i === 0 ? firstIndex : undefined)));
  options.signal?.throwIfAborted();
  stop.signal.throwIfAborted();
}

function exact(target: Uint8Array, length: number): Uint8Array {
  return target.length === length ? target : target.subarray(0, length);
}
