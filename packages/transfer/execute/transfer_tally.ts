import type { Dropped, ProgressListener } from "@lade/core";
import type { Job } from "../plan/job.ts";
import type { TransferListener } from "./transfer_listener.ts";
import type { Verification } from "./verification.ts";

/** What a transfer came to. */
export interface TransferCounts {
  /** Objects transferred. */
  readonly objects: number;
  /** Their bytes, as far as they are known. */
  readonly bytes: number;
  /** Objects that failed. */
  readonly failed: number;
  /** Objects left alone on purpose. */
  readonly skipped: number;
}

/** Counts what becomes of each job, and passes it on. */
export class TransferTally {
  readonly #listener: TransferListener;
  #objects = 0;
  #bytes = 0;
  #failed = 0;
  #skipped = 0;

  /** Passes everything on to `listener`. */
  constructor(listener: TransferListener) {
    this.#listener = listener;
  }

  /** The counts so far. */
  get counts(): TransferCounts {
    return { objects: this.#objects, bytes: this.#bytes, failed: this.#failed, skipped: this.#skipped };
  }

  /** Jobs that failed so far. */
  get failed(): number {
    return this.#failed;
  }

  /** Objects left alone so far. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Called when a job starts. The listener it returns takes the job's events. */
  start(job: Job): ProgressListener {
    return this.#listener.started?.(job) ?? (() => {});
  }

  /** Called when a job is done, or would be. */
  async done(job: Job, size: number | undefined): Promise<void> {
    this.#objects++;
    this.#bytes += size ?? 0;
    await this.#listener.done(job, size);
  }

  /** Called when an object is left alone on purpose. */
  async skip(uri: string, reason: string): Promise<void> {
    this.#skipped++;
    await this.#listener.skipped(uri, reason);
  }

  /** Called when an object failed and the rest goes on. */
  async fail(uri: string, error: unknown): Promise<void> {
    this.#failed++;
    await this.#listener.failed(uri, error);
  }

  /** Called with what was verified of a job's bytes. */
  verified(verification: Verification): void {
    this.#listener.verified?.(verification);
  }

  /** Called with what of an object its copy lacks. */
  dropped(job: Job, dropped: readonly Dropped[]): void {
    if (dropped.length > 0) this.#listener.dropped?.(job, dropped);
  }

  /** Called with what the user should know beside that. */
  async note(text: string): Promise<void> {
    await this.#listener.noted?.(text);
  }
}
