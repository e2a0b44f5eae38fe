import type { Dropped, LeftOut, ProgressListener } from "@lade/core";
import type { Converted } from "../plan/conversion.ts";
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
  /** Objects that an earlier run has done. */
  readonly before: number;
  /** Objects that were planned and are not done, because `failFast` ended the transfer. */
  readonly notDone: number;
  /** Whether a failure ended the transfer. */
  readonly isHalted: boolean;
  /** Whether everything was planned: else there may be more objects than were counted. */
  readonly isPlanned: boolean;
}

/**
 * Counts what becomes of each job, and passes it on. It ends the transfer when its listener throws, and with `failFast`
 * at the first failure.
 */
export class TransferTally {
  readonly #listener: TransferListener;
  readonly #failFast: boolean;
  readonly #end = new AbortController();
  #objects = 0;
  #bytes = 0;
  #failed = 0;
  #skipped = 0;
  #before = 0;
  #planned = 0;
  #isPlanned = false;
  #isHalted = false;

  /** Passes everything on to `listener`. */
  constructor(listener: TransferListener, failFast = false) {
    this.#listener = listener;
    this.#failFast = failFast;
  }

  /** Aborted once this ends the transfer: with what the listener threw, or because the first failure ends it. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** Whether the first failure ended the transfer. */
  get isHalted(): boolean {
    return this.#isHalted;
  }

  /** The counts so far. */
  get counts(): TransferCounts {
    const [objects, bytes, failed, skipped] = [this.#objects, this.#bytes, this.#failed, this.#skipped];
    const [before, isHalted] = [this.#before, this.#isHalted];
    const ended = objects + failed + skipped + before;
    const notDone = isHalted ? Math.max(0, this.#planned - ended) : 0;
    return { objects, bytes, failed, skipped, before, notDone, isHalted, isPlanned: this.#isPlanned };
  }

  /** Jobs that failed so far. */
  get failed(): number {
    return this.#failed;
  }

  /** Objects left alone so far. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Called with objects that are planned, their bytes, and how many are of unknown size. */
  planned(objects: number, bytes: number, unsized: number): void {
    this.#planned += objects;
    this.#tell(() => this.#listener.planned?.(objects, bytes, unsized));
  }

  /** Called when everything is planned. */
  plannedAll(): void {
    this.#isPlanned = true;
    this.#tell(() => this.#listener.plannedAll?.());
  }

  /** Called with what a listing left out. */
  leftOut(leftOut: LeftOut): void {
    this.#tell(() => this.#listener.leftOut?.(leftOut));
  }

  /** Called when a job starts. The listener it returns takes the job's events. */
  start(job: Job): ProgressListener {
    const listener = this.#tell(() => this.#listener.started?.(job));
    return listener ? (event) => this.#tell(() => listener(event)) : () => {};
  }

  /** Called when a job is done, or would be. */
  async done(job: Job, size: number | undefined, converted?: Converted): Promise<void> {
    this.#objects++;
    this.#bytes += size ?? 0;
    await this.#wait(() => this.#listener.done(job, size, converted));
  }

  /** Called when a job turns out to be done already, by an earlier run. */
  doneBefore(job: Job, size: number): void {
    this.#before++;
    this.#tell(() => this.#listener.doneBefore?.(job, size));
  }

  /** Ends the transfer, with what its call then rejects with. */
  stop(error: unknown): void {
    this.#end.abort(error);
  }

  /** Called when an object is left alone on purpose. */
  async skip(uri: string, reason: string, job?: Job, error?: unknown): Promise<void> {
    this.#skipped++;
    await this.#wait(() => this.#listener.skipped(uri, reason, job, error));
  }

  /** Called when an object failed. */
  async fail(uri: string, error: unknown, job?: Job): Promise<void> {
    this.#failed++;
    await this.#wait(() => this.#listener.failed(uri, error, job));
    if (!this.#failFast || this.#end.signal.aborted) return;
    this.#isHalted = true;
    this.#end.abort(new DOMException("A failure ended the transfer", "AbortError"));
  }

  /** Called with what was verified of a job's bytes. */
  verified(verification: Verification): void {
    this.#tell(() => this.#listener.verified?.(verification));
  }

  /** Called with what of an object its copy lacks. */
  dropped(job: Job, dropped: readonly Dropped[]): void {
    if (dropped.length > 0) this.#tell(() => this.#listener.dropped?.(job, dropped));
  }

  /** Called with what the user should know beside that. */
  async note(text: string): Promise<void> {
    await this.#wait(async () => await this.#listener.noted?.(text));
  }

  #tell<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      this.#end.abort(error);
      throw error;
    }
  }

  async #wait(call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.#end.abort(error);
      throw error;
    }
  }
}
