import type { Dropped, ProgressListener } from "@lade/core";
import type { Job } from "../plan/job.ts";
import type { Verification } from "./verification.ts";

/** Takes what becomes of each job of a transfer. What it throws ends the transfer. */
export interface TransferListener {
  /** Called with objects that are planned, and their bytes, ahead of their transfer. */
  planned?(objects: number, bytes: number): void;
  /** Called when everything is planned and every size is known. */
  plannedAll?(): void;
  /** Called when a job starts. The listener it returns takes the job's events. */
  started?(job: Job): ProgressListener | undefined;
  /** Called when a job is done, or with `dryRun` would be; the size is absent where it did not become known. */
  done(job: Job, size: number | undefined): Promise<void>;
  /** Called when an object is left alone on purpose. */
  skipped(uri: string, reason: string): Promise<void>;
  /** Called when an object failed and the rest goes on. */
  failed(uri: string, error: unknown): Promise<void>;
  /** Called with what was verified of a job's bytes. */
  verified?(verification: Verification): void;
  /** Called with what of an object its copy lacks. */
  dropped?(job: Job, dropped: readonly Dropped[]): void;
  /** Called with what the user should know beside that: one sentence without a period. */
  noted?(text: string): Promise<void>;
}
