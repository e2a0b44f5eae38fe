import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { QuotaExceededError } from "../errors/errors.ts";
import { redactSecrets } from "../text/redact_secrets.ts";
import { objectUri } from "../uri/check_key.ts";
import { ObjectRead } from "./object_read.ts";
import { fetchChunks } from "./read_into.ts";
import { readNow } from "./read_now.ts";
import { checkReadOptions, type ReadOptions, type ReadResult } from "./read_options.ts";

/** A finished read and its bytes. */
export interface BytesResult extends ReadResult {
  /** The bytes, the caller's own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode getBytes}. */
export interface GetBytesOptions extends ReadOptions {
  /** More bytes than this are a `QuotaExceededError`, and no memory is taken for them; as many as there are by default. */
  readonly maxSize?: number;
}

/**
 * Reads an object, or a range of it, into fresh memory. `readInto` spares the cost of that memory, which for large
 * objects is most of the whole.
 */
export async function getBytes(
  store: ObjectStore,
  key: string,
  given?: GetBytesOptions,
): Promise<BytesResult> {
  const { maxSize = Infinity, ...options } = takeOptions(given);
  checkReadOptions(options);
  if (typeof maxSize !== "number" || !(maxSize >= 0)) {
    throw new RangeError(`Cannot read with maxSize ${maxSize}: a number from 0 up is needed`);
  }
  const allocate = (length: number) => {
    const uri = objectUri(store.uri, key);
    if (length > maxSize) throw tooLarge(uri, length, maxSize);
    return allocateBytes(length, uri);
  };
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const ready = readNow(store, key, options, (length) => bytes = allocate(length));
  if (ready && bytes) return { ...ready, bytes };
  const read = await ObjectRead.open(store, key, options);
  try {
    bytes = allocate(read.range.length);
    await fetchChunks(store, read, bytes, options);
    return { ...await read.finish(), bytes };
  } catch (error) {
    await read.close(error);
    throw error;
  }
}

/** Reads `length` bytes from `offset`, fewer where the object ends, into fresh memory. */
export async function getRange(
  store: ObjectStore,
  key: string,
  offset: number,
  length: number,
  options: Omit<ReadOptions, "range"> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await getBytes(store, key, { ...options, range: { offset, length } });
  return bytes;
}

function tooLarge(uri: string, length: number, maxSize: number): QuotaExceededError {
  return new QuotaExceededError({
    operation: "get",
    uri,
    detail: `it has ${length} bytes, more than ${maxSize}`,
  });
}

/** Memory for the bytes of an object. Where there is not so much, the `RangeError` says how to do without. */
export function allocateBytes(length: number, uri: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const subject = JSON.stringify(redactSecrets(uri));
    throw new RangeError(
      `Cannot get ${subject}: its ${length} bytes do not fit into memory at once; read it by stream() or readChunks()`,
      { cause },
    );
  }
}
