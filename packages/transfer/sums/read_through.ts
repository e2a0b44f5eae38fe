import type { ObjectMeta, ObjectStore, ProgressListener } from "@lade/core";
import { readChunks, readInto } from "@lade/core/operations";
import type { StreamSum } from "./stream_sums.ts";

/** An object to be read as it was listed. */
export interface ListedObject {
  /** Its store. */
  readonly store: ObjectStore;
  /** Its key. */
  readonly key: string;
  /** What is known of it; another content is a `PreconditionFailedError`. */
  readonly meta: ObjectMeta;
}

/** Objects up to this size are read at one time. */
const SMALL = 2 ** 20;

/** How an object is read. */
export interface ReadThroughOptions {
  /** Called for each event. */
  readonly onProgress?: ProgressListener | undefined;
  /** Ends the read. */
  readonly signal: AbortSignal;
}

/** Reads an object once, and passes its bytes through all of `sums`. Buffers count in the byte budget of its store. */
export async function readThrough(
  { store, key, meta }: ListedObject,
  sums: readonly Pick<StreamSum, "update">[],
  { onProgress, signal }: ReadThroughOptions,
): Promise<void> {
  const { etag, size, version } = meta;
  const options = {
    signal,
    ...(onProgress && { onProgress }),
    ...(etag !== undefined && { ifMatch: etag }),
    ...(etag === undefined && version !== undefined && { version }),
  };
  const { budget, buffers } = store.context;
  const lease = size <= SMALL ? budget.tryAcquire(size) : undefined;
  if (lease) {
    try {
      using slab = buffers.lease(size);
      const { range } = await readInto(store, key, slab.bytes, options);
      const bytes = slab.bytes.subarray(0, range.length);
      for (const sum of sums) sum.update(bytes);
    } finally {
      lease.release();
    }
    return;
  }
  await using chunks = await readChunks(store, key, options);
  for await (const chunk of chunks) for (const sum of sums) sum.update(chunk);
}
