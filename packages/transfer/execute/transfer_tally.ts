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
  /** Objects that were planned and are not done, because `failFast` ended the transfer. */
  readonly notDone: number;
  /** Whether a failure ended the transfer. */
  readonly isHalted: boolean;
  /** Whether everything was planned: else there may be more objects than were counted. */
  readonly isPlanned: boolean;
}

/** Counts what becomes of each job, and passes it on. */
export class TransferTally {
  readonly #listener: TransferListener;
  #objects = 0;
  #bytes = 0;
  #failed = 0;
  #skipped = 0;
  #planned = 0;
  #isPlanned = false;
  readonly #halt: AbortController | undefined;

  /** Passes everything on to `listener`. The first failure aborts `halt`. */
  constructor(listener: TransferListener, halt?: AbortController) {
    this.#listener = listener;
    this.#halt = halt;
  }

  /** Aborted once a failure has ended the transfer; absent where none does. */
  get halted(): AbortSignal | undefined {
    return this.#halt?.signal;
  }

  /** The counts so far. */
  get counts(): TransferCounts {
    const [objects, bytes, failed, skipped] = [this.#objects, this.#bytes, this.#failed, this.#skipped];
    const ended = objects + failed + skipped;
    const isHalted = this.#halt?.signal.aborted ?? false;
    const notDone = isHalted ? Math.max(0, this.#planned - ended) : 0;
    return { objects, bytes, failed, skipped, notDone, isHalted, isPlanned: this.#isPlanned };
  }

  /** Jobs that failed so far. */
  get failed(): number {
    return this.#failed;
  }

  /** Objects left alone so far. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Called with objects that are planned, and their bytes. */
  planned(objects: number, bytes: number): void {
    this.#planned += objects;
    this.#listener.planned?.(objects, bytes);
  }

  /** Called when everything is planned; `areSizesKnown` where that is so of every size. */
  plannedAll(areSizesKnown: boolean): void {
    this.#isPlanned = true;
    if (areSizesKnown) this.#listener.plannedAll?.();
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

  /** Called when an object failed. What a failure before it cut short has not failed itself: it is not done. */
  async fail(uri: string, error: unknown): Promise<void> {
    const halted = this.#halt?.signal;
    if (halted?.aborted && error === halted.reason) return;
    this.#failed++;
    this.#halt?.abort(new DOMException("A failure ended the transfer", "AbortError"));
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
