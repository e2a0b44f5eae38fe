import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, PendingUpload } from "../contract/types.ts";
import { abortUpload, listUploads } from "./resume_write.ts";

/** Options of {@linkcode sweepUploads}. */
export interface SweepUploadsOptions extends CallOptions {
  /** Sweeps uploads of keys that start with this; of all keys by default. */
  readonly prefix?: string;
  /** Spares uploads that were begun less than this many milliseconds ago; one day by default. */
  readonly olderThanMs?: number;
  /** Aborts nothing, and yields what would be aborted. */
  readonly dryRun?: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Aborts writes that nobody will close, such as those of killed processes, and yields each of them. Until then their parts
 * are stored, and paid for where storage is. Age is the only way to tell a stale write from one that is active or to be
 * resumed. A store that has no such writes is an `UnsupportedError`. S3 asks for the permissions
 * `s3:ListBucketMultipartUploads` and `s3:AbortMultipartUpload`.
 */
export async function* sweepUploads(
  store: ObjectStore,
  options: SweepUploadsOptions = {},
): AsyncGenerator<PendingUpload, void, void> {
  const { prefix = "", olderThanMs = DAY_MS, dryRun = false, signal } = options;
  if (!(olderThanMs >= 0)) {
    throw new RangeError(
      `Cannot sweep uploads with olderThanMs ${olderThanMs}: a number from 0 up is needed`,
    );
  }
  const before = store.context.clock.now() - olderThanMs;
  const ending = signal === undefined ? {} : { signal };
  for await (const upload of listUploads(store, prefix, ending)) {
    if (upload.begun.getTime() > before) continue;
    if (!dryRun) await abortUpload(store, upload.key, upload.token, ending);
    yield upload;
  }
}
