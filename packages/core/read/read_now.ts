import type { ObjectStore } from "../contract/object_store.ts";
import { getBytesAtHand } from "../contract/seams.ts";
import { objectUri } from "../uri/check_key.ts";
import { ChecksumCollector, reasonOf } from "./checksum_collector.ts";
import type { ReadOptions, ReadResult } from "./read_options.ts";

/**
 * Reads all that is wanted of an object into memory of `allocate`, in no time, where its store has the bytes at hand.
 * Else there is no result, and requests have to be made.
 */
export function readNow(
  store: ObjectStore,
  key: string,
  options: ReadOptions,
  allocate: (length: number) => Uint8Array | undefined,
): ReadResult | undefined {
  const { chunkSize = "auto", checksum = "auto", onProgress } = options;
  // Who asks for chunks of some size gets them.
  if (chunkSize !== "auto") return undefined;
  const ready = getBytesAtHand(store, key, allocate, options);
  if (!ready) return undefined;
  const { info, range, bytes } = ready;
  onProgress?.({ type: "sized", key, size: range.length });
  if (range.length > 0) onProgress?.({ type: "bytes", key, bytes: range.length });
  if (checksum !== "crc32c" && !info.checksums) {
    return { info, range, checksums: {}, verified: false, unverified: reasonOf(info, range, checksum) };
  }
  const collector = new ChecksumCollector(info, range, [range], checksum);
  collector.add(0, range.offset, bytes);
  return { info, range, ...collector.finish(objectUri(store.uri, key)) };
}
