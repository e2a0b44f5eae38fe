import { getBytes, type ObjectStore, objectUri } from "@lade/core";
import { ChecksumMismatchError, NotFoundError, QuotaExceededError, StoreError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { PREFIXES } from "../keys/series_keys.ts";
import { MOST_TABLE_BYTES } from "../manifest/manifest.ts";

/** What is read whole has so many bytes at most, by what its key begins with; so is what is written. */
const MOST_BYTES: readonly (readonly [string, number])[] = [
  [PREFIXES.records, 2 ** 27],
  [PREFIXES.commits, 2 ** 28],
  [PREFIXES.indexes, MOST_TABLE_BYTES],
  [PREFIXES.runs, 2 ** 26],
  [PREFIXES.data, Infinity],
];
const MOST_OF_OTHERS = 2 ** 16;

/** Bytes of an object of a series that is read whole, at most; of data as many as there are. */
export function mostBytesOf(key: string): number {
  return MOST_BYTES.find(([prefix]) => key.startsWith(prefix))?.[1] ?? MOST_OF_OTHERS;
}

/**
 * The bytes of an object; `undefined` where there is none. More than `most` are a `FormatError` that names the object and its
 * size, before they are read.
 */
export async function readSmall(
  store: ObjectStore,
  key: string,
  signal?: AbortSignal,
  most: number = mostBytesOf(key),
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return (await readWhole(store, key, signal, most)).bytes;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** {@linkcode readSmall} of an object that has to be there, with its etag. What the store itself finds damaged is a `FormatError`. */
export async function readWhole(
  store: ObjectStore,
  key: string,
  signal?: AbortSignal,
  most: number = mostBytesOf(key),
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string | undefined }> {
  try {
    const { bytes, info } = await getBytes(store, key, { maxSize: most, ...(signal && { signal }) });
    return { bytes, etag: info.etag };
  } catch (cause) {
    const isOther = cause instanceof QuotaExceededError;
    if (!isOther && !(cause instanceof ChecksumMismatchError)) throw cause;
    const detail = `${cause.detail}: ${isOther ? "it was not written by Lade" : "it is damaged"}`;
    throw new FormatError({ operation: "read", uri: objectUri(store.uri, key), detail, cause });
  }
}

/**
 * What is read, where it is what it should be. What is not is read once more before that is an error: it may have been damaged on
 * its way, and a run that is taken for damaged is taken for ended.
 */
export async function readTwice<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "invalid-format") throw error;
    return await read();
  }
}
