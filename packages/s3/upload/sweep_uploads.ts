import type { CallOptions } from "@lade/core";
import type { S3Store } from "../store/s3_store.ts";
import type { PendingUpload } from "./list_uploads.ts";

/** Options of {@linkcode sweepUploads}. */
export interface SweepUploadsOptions extends CallOptions {
  /** Sweeps uploads of keys that start with this; of all keys by default. */
  readonly prefix?: string;
  /** Spares uploads that were begun less than this many milliseconds ago; one day by default. */
  readonly olderThanMs?: number;
  /** Only tells what would be swept. */
  readonly dryRun?: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Aborts multipart uploads that nobody will complete, such as those of killed processes, and yields each of them. Their
 * parts are stored, and paid for, until then. An upload that is still being written is not told from a stale one but by
 * its age. Needs `s3:ListBucketMultipartUploads` and `s3:AbortMultipartUpload`.
 */
export async function* sweepUploads(
  store: S3Store,
  options: SweepUploadsOptions = {},
): AsyncGenerator<PendingUpload, void, void> {
  const { prefix = "", olderThanMs = DAY_MS, dryRun = false, signal } = options;
  if (!(olderThanMs >= 0)) {
    throw new RangeError(
      `Cannot sweep uploads with olderThanMs ${olderThanMs}: a number from 0 up is needed`,
    );
  }
  const before = store.context.clock.now() - olderThanMs;
  for await (const upload of store.listUploads(prefix, signal === undefined ? {} : { signal })) {
    if (upload.initiated.getTime() > before) continue;
    if (!dryRun) await store.abortUpload(upload.key, upload.uploadId);
    yield upload;
  }
}
