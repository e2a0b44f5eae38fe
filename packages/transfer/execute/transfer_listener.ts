import type { Dropped, LeftOut, ProgressListener } from "@lade/core";
import type { ResumableTransfer } from "../journal/transfer_journal.ts";
import type { Converted } from "../plan/conversion.ts";
import type { Job } from "../plan/job.ts";
import type { Verification } from "./verification.ts";

/**
 * Takes what becomes of each job of a transfer. What it throws ends the transfer: what is under way is aborted, and the
 * transfer rejects with it.
 */
export interface TransferListener {
  /**
   * Called with objects that are planned, ahead of their transfer, with their bytes, and with how many of them have a size
   * that is not known before they are read.
   */
  planned?(objects: number, bytes: number, unsized: number): void;
  /** Called when everything is planned. */
  plannedAll?(): void;
  /** Called when a job starts. The listener it returns takes the job's events. */
  started?(job: Job): ProgressListener | undefined;
  /**
   * Called when a job is done, or with `dryRun` would be; the size is absent where it did not become known. `converted` is
   * there where the bytes were compressed or decompressed.
   */
  done(job: Job, size: number | undefined, converted?: Converted): Promise<void>;
  /** Called when an object is left alone on purpose, for `error` where that is the cause. */
  skipped(uri: string, reason: string, job?: Job, error?: unknown): Promise<void>;
  /** Called when an object failed and the rest goes on; without a job where it did not come to one. */
  failed(uri: string, error: unknown, job?: Job): Promise<void>;
  /** Called with what a listing left out because it is no object, before it is reported as skipped or failed. */
  leftOut?(leftOut: LeftOut): void;
  /** Called when a job was done by an earlier run of the same transfer. */
  doneBefore?(job: Job, size: number): void;
  /** Called at the end with what is left of a transfer that is not done, and can be gone on with. */
  resumable?(left: ResumableTransfer): Promise<void>;
  /** Called with what was verified of a job's bytes. */
  verified?(verification: Verification): void;
  /** Called with what of an object its copy lacks. */
  dropped?(job: Job, dropped: readonly Dropped[]): void;
  /** Called with what the user should know beside that: one sentence without a period. */
  noted?(text: string): Promise<void>;
}
