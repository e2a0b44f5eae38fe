import type { Dropped, LeftOut, ProgressListener } from "@lade/core";
import { destinationOf, type Job, sourceOf, type TransferListener } from "@lade/transfer";
import type { TransferSummary, UriTransfer, UriTransferResult } from "./transfer_options.ts";

/** What an {@linkcode Outcome} is of. */
export interface OutcomeSetup extends Pick<UriTransfer, "onProgress" | "onLeftOut" | "onResult"> {
  /** What was to be done, for the message: `upload to`. */
  readonly action: string;
  /** What it was to be done to. */
  readonly uri: string;
  /** An object that exists at the destination has failed. */
  readonly failsOnExisting: boolean;
}

/** Collects what becomes of the objects of a transfer. */
export class Outcome implements TransferListener {
  readonly #setup: OutcomeSetup;
  readonly #errors: unknown[] = [];
  readonly #dropped: Partial<Record<Dropped["name"], number>> = {};
  #objects = 0;
  #bytes = 0;
  #skipped = 0;

  /** Nothing is done yet. */
  constructor(setup: OutcomeSetup) {
    this.#setup = setup;
  }

  /** Objects left alone. */
  get skips(): number {
    return this.#skipped;
  }

  /** Tells that a job starts, and passes its events on. */
  started(job: Job): ProgressListener | undefined {
    const { onProgress } = this.#setup;
    onProgress?.({ type: "started", key: keyOf(job), ...(job.size !== undefined && { size: job.size }) });
    return onProgress;
  }

  /** Counts an object. */
  done(job: Job, size: number | undefined): Promise<void> {
    if (job.to?.key === "") {
      // The directory that it all goes to was made anyway.
      this.leftOut({ key: keyOf(job), reason: "it only marks a directory", hasBytes: false });
      return Promise.resolve();
    }
    this.#objects++;
    this.#bytes += size ?? 0;
    this.#setup.onProgress?.({ type: "finished", key: keyOf(job), size: size ?? 0 });
    this.#tell(sourceOf(job), job, size === undefined ? {} : { size });
    return Promise.resolve();
  }

  /** Counts what was left alone, or has failed because it exists. */
  skipped(uri: string, reason: string, job?: Job, error?: unknown): Promise<void> {
    if (error !== undefined && this.#setup.failsOnExisting) return this.failed(uri, error, job);
    this.#skipped++;
    this.#setup.onProgress?.({ type: "skipped", key: job ? keyOf(job) : uri, reason });
    this.#tell(uri, job, { skipped: reason });
    return Promise.resolve();
  }

  /** Keeps an error. */
  failed(uri: string, error: unknown, job?: Job): Promise<void> {
    this.#errors.push(error);
    this.#setup.onProgress?.({ type: "failed", key: job ? keyOf(job) : uri, error });
    this.#tell(uri, job, { error });
    return Promise.resolve();
  }

  /** Passes on what a listing left out. */
  leftOut(leftOut: LeftOut): void {
    this.#setup.onLeftOut?.(leftOut);
  }

  /** Counts what copies lack. */
  dropped(_job: Job, dropped: readonly Dropped[]): void {
    for (const { name } of dropped) this.#dropped[name] = (this.#dropped[name] ?? 0) + 1;
  }

  /** What was moved. Throws what failed: an `AggregateError` where that is one of several objects. */
  summary(): Omit<TransferSummary, "limit"> {
    if (this.#errors.length > 0) {
      const { action, uri } = this.#setup;
      const [first] = this.#errors;
      const all = this.#errors.length + this.#objects;
      if (all === 1) throw first;
      const counts = `${this.#errors.length} of ${all} objects failed`;
      const reason = first instanceof Error ? first.message : String(first);
      const message = `Cannot ${action} ${JSON.stringify(uri)}: ${counts}; the first: ${reason}`;
      throw new AggregateError(this.#errors, message);
    }
    const dropped = Object.keys(this.#dropped).length > 0 ? { dropped: this.#dropped } : {};
    return { objects: this.#objects, bytes: this.#bytes, ...dropped };
  }

  #tell(from: string, job: Job | undefined, result: Omit<UriTransferResult, "from" | "to">): void {
    this.#setup.onResult?.({ from, ...(job?.to && { to: destinationOf(job) }), ...result });
  }
}

function keyOf(job: Job): string {
  return job.from?.key ?? sourceOf(job);
}
