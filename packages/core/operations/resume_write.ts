import type { ObjectStore } from "../contract/object_store.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { CallOptions, PendingUpload, ResumeOptions } from "../contract/types.ts";
import { UnsupportedError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";

/**
 * Goes on with a write that was begun with `resumable`, by the token of its writer. A store that cannot is an
 * `UnsupportedError`.
 */
export async function resumePartWriter(
  store: ObjectStore,
  key: string,
  size: number,
  token: string,
  options: ResumeOptions = {},
): Promise<PartWriter> {
  options.signal?.throwIfAborted();
  const writer = store.resumePartWriter?.(key, size, token, options);
  if (!writer) throw unsupported(store, "resume the write of", key);
  return await writer;
}

/** Lists the writes that were begun and are neither closed nor aborted. A store that cannot is an `UnsupportedError`. */
export async function* listUploads(
  store: ObjectStore,
  prefix = "",
  options: CallOptions = {},
): AsyncGenerator<PendingUpload, void, void> {
  options.signal?.throwIfAborted();
  const uploads = store.listUploads?.(prefix, options);
  if (!uploads) throw unsupported(store, "list the uploads of", prefix);
  yield* uploads;
}

/** Removes a write that is not closed, and its parts. A store that cannot is an `UnsupportedError`. */
export async function abortUpload(
  store: ObjectStore,
  key: string,
  token: string,
  options: CallOptions = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  const aborted = store.abortUpload?.(key, token, options);
  if (!aborted) throw unsupported(store, "abort the upload of", key);
  return await aborted;
}

function unsupported(store: ObjectStore, operation: string, key: string): UnsupportedError {
  const uri = key === "" ? store.uri : objectUri(store.uri, key);
  return new UnsupportedError({ operation, uri, detail: "no write of the store outlives its writer" });
}
