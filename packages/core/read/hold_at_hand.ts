import type { Slab } from "../buffers/buffer_pool.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectInfo } from "../contract/types.ts";
import { readNow } from "./read_now.ts";
import type { ReadOptions, ReadResult } from "./read_options.ts";

/** All that was wanted of an object, in memory on loan until it is disposed. */
export interface HeldObject extends Disposable {
  /** What the store says of the whole object. */
  readonly info: ObjectInfo;
  /** What was read, and how it was verified. */
  readonly read: ReadResult;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** Reads an object into a buffer of its context, in no time, where its store has the bytes at hand; else nothing. */
export function holdAtHand(store: ObjectStore, key: string, options: ReadOptions): HeldObject | undefined {
  let slab: Slab | undefined;
  let bytes: Uint8Array | undefined;
  let read: ReadResult | undefined;
  try {
    read = readNow(store, key, options, (length) => {
      slab = store.context.buffers.lease(length);
      return bytes = slab.bytes.subarray(0, length);
    });
  } finally {
    if (!read) slab?.release();
  }
  return read && bytes && { info: read.info, read, bytes, [Symbol.dispose]: () => slab?.release() };
}
