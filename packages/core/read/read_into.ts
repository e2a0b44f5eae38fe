import type { ObjectStore } from "../contract/object_store.ts";
import { objectUri } from "../uri/check_key.ts";
import { fetchChunks } from "./fetch_chunks.ts";
import { ObjectRead } from "./object_read.ts";
import { part } from "./part.ts";
import { readNow } from "./read_now.ts";
import { checkReadOptions, type ReadOptions, type ReadResult } from "./read_options.ts";

/**
 * Reads an object, or a range of it, to the start of `target`: in one request when it is small, else as concurrent
 * ranges of one version, straight into place.
 *
 * `target` is in use until this settles, and holds arbitrary bytes after a failure. One that is too small is a
 * `RangeError`, told by the first answer. Reads into a slab of the context's buffers (or into any
 * `WebAssembly.Memory`) are the fastest.
 */
export async function readInto(
  store: ObjectStore,
  key: string,
  target: Uint8Array,
  options: ReadOptions = {},
): Promise<ReadResult> {
  checkReadOptions(options);
  const room = (length: number) => length > target.length ? undefined : part(target, 0, length);
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
  return read.finish();
}
