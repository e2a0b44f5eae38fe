import type { S3Store } from "@lade/s3";
import { type KilledWrite, resumeAfterKill as resume } from "../resume_after_kill.ts";

/** A bucket, and who may write to it. */
export interface ReachedBucket {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
}

/** Kills a process that writes "object" to a bucket and goes on with the write. */
export async function resumeAfterKill(
  { url, accessKeyId, secretAccessKey, bucket }: ReachedBucket,
  store: S3Store,
  write: KilledWrite,
): Promise<void> {
  const script = new URL("./resumable_process.ts", import.meta.url);
  await resume({ script, setting: [url, accessKeyId, secretAccessKey, bucket] }, store, write);
}
