import type { GetOptions, GetResult, HeadOptions, ObjectInfo } from "@lade/core/backend";

/** The reads of one object. */
export interface ObjectReads {
  /** Reads it, or a range of it. */
  get(options: GetOptions): Promise<GetResult>;
  /** Describes it. */
  head(options: HeadOptions): Promise<ObjectInfo>;
}

/**
 * Reads the last bytes of an object where the service cannot cut them by itself: by a range from the start, once a HEAD
 * gave the size, pinned to the content of that HEAD.
 */
export async function readSuffix(
  { get, head }: ObjectReads,
  suffixLength: number,
  { range: _, ...options }: GetOptions,
): Promise<GetResult> {
  const { size, etag } = await head(options);
  const pinned = etag === undefined ? options : { ...options, ifMatch: etag };
  if (size <= suffixLength) return await get(pinned);
  const range = { offset: size - suffixLength, length: suffixLength };
  return await get({ ...pinned, range });
}
