import type { Dropped, ProgressEvent } from "@lade/core";
import {
  DroppedMessage,
  OperationMessage,
  SkipMessage,
  SummaryMessage,
  VerificationMessage,
} from "../messages/transfer_messages.ts";
import { conversionJson, ConversionMessage } from "../messages/conversion_message.ts";
import { LimitMessage } from "../messages/limit_message.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import type { CommandContext } from "../command/command_context.ts";
import type { TransferProgress } from "../progress/transfer_progress.ts";
import type { Json } from "../output/message.ts";
import { redactSecrets } from "@lade/core/text";
import { TransferStats } from "./transfer_stats.ts";
import {
  type Converted,
  destinationOf,
  type Job,
  type ResumableTransfer,
  sourceOf,
  type TransferCounts,
  type TransferListener,
  type Verification,
} from "@lade/transfer";
import { localPathOf } from "@lade/transfer/places";
import type { Shard } from "@lade/transfer/shard";

/** Prints what becomes of each job, and reports it to the progress. */
export class TransferReport implements TransferListener {
  readonly #context: CommandContext;
  readonly #progress: TransferProgress;
  readonly #dryRun: boolean;
  readonly #operation: string;
  /** What has become of the objects so far. */
  readonly stats = new TransferStats();
  readonly #dropped = new Map<
    string,
    { readonly dropped: Dropped; readonly example: string; objects: number }
  >();

  /** Prints through `context` and reports each job to `progress`. `operation` is what each is told to be. */
  constructor(
    context: CommandContext,
    progress: TransferProgress,
    dryRun: boolean,
    operation: string = context.name,
  ) {
    this.#operation = operation;
    this.#context = context;
    this.#progress = progress;
    this.#dryRun = dryRun;
  }

  /** Called with what is planned. */
  planned(objects: number, bytes: number, unsized: number): void {
    this.#progress.plan(objects, bytes, unsized);
  }

  /** Called when everything is planned. */
  plannedAll(): void {
    this.#progress.planned();
  }

  /** Called when a job starts. The listener it returns takes the job's events. */
  started(job: Job): (event: ProgressEvent) => void {
    const key = sourceOf(job);
    this.#progress.add({ type: "started", key, ...(job.size !== undefined && { size: job.size }) });
    return (event) => {
      if (event.type === "bytes" || event.type === "sized") this.#progress.add({ ...event, key });
    };
  }

  /** Called when a job is done, or would be. */
  async done(job: Job, size: number | undefined, converted?: Converted): Promise<void> {
    const { output, settings } = this.#context;
    this.stats.done(size, converted);
    if (converted && settings.verbosity > 0 && !settings.json) {
      void output.note(new ConversionMessage(sourceOf(job), converted));
    }
    this.#progress.add({ type: "finished", key: sourceOf(job), size: size ?? 0 });
    await this.#context.output.done(
      new OperationMessage({
        operation: this.#operation,
        source: sourceOf(job),
        ...(job.version !== undefined && { version: job.version }),
        destination: destinationOf(job),
        ...(size !== undefined && { size }),
        ...(converted && { conversion: conversionJson(converted) }),
        dryRun: this.#dryRun,
      }),
    );
  }

  /** Called with what was verified of a job's bytes; printed when the user wants to know more. */
  verified(verification: Verification): void {
    const { output, settings } = this.#context;
    // Not waited for: a line of notes is queued immediately, and written with the next ones.
    if (settings.verbosity > 0) void output.note(new VerificationMessage(verification));
  }

  /**
   * Called with what of an object its copy lacks. What files cannot keep is expected of a download, and reported only when
   * the user wants to know more; not of a move, after which it is gone.
   */
  dropped(job: Job, all: readonly Dropped[]): void {
    const isLocal = job.to !== undefined && localPathOf(job.to.uri) !== undefined;
    if (isLocal && this.#operation !== "mv" && this.#context.settings.verbosity === 0) return;
    for (const dropped of all) {
      const kind = `${dropped.name} ${dropped.reason}`;
      const counted = this.#dropped.get(kind) ?? { dropped, example: sourceOf(job), objects: 0 };
      counted.objects++;
      this.#dropped.set(kind, counted);
    }
  }

  /** Called when a job was done by an earlier run. */
  doneBefore(job: Job, size: number): void {
    this.stats.before++;
    this.#progress.add({ type: "skipped", key: sourceOf(job), reason: `${size} bytes were there` });
  }

  /** Called with what is left to be gone on with. */
  async resumable(left: ResumableTransfer): Promise<void> {
    const { ResumableMessage } = await import("../messages/job_messages.ts");
    const journal = this.#context.args.findIndex((arg) =>
      arg === "--journal" || arg.startsWith("--journal=")
    );
    const where = journal < 0 ? "" : ` --journal ${left.place}`;
    const command = left.hasCommand ? `lade jobs resume ${left.id}${where}` : undefined;
    await this.#context.output.advice(new ResumableMessage(left, command));
  }

  /** Called when an object is left alone on purpose. */
  async skipped(uri: string, reason: string): Promise<void> {
    this.stats.skipped++;
    this.#progress.add({ type: "skipped", key: uri, reason });
    await this.#context.output.note(new SkipMessage(uri, reason));
  }

  /** Called when an object failed and the rest goes on. */
  async failed(uri: string, error: unknown): Promise<void> {
    await this.#context.fail(error);
    this.stats.fail(error);
    this.#progress.add({ type: "failed", key: uri, error });
  }

  /** Called with what the user should know. */
  async noted(text: string): Promise<void> {
    await this.#context.output.note(new NoteMessage(text));
  }

  /** All that was counted so far, as a statistics file has it. */
  statistics(): Record<string, Json> {
    const { objects, bytes, failed, skipped, before, deleted, failures, converted } = this.stats;
    const { elapsedMs, totalObjects, totalBytes } = this.#progress.snapshot();
    const dropped = [...this.#dropped.values()].map(({ dropped: { name, reason }, example, objects }) => ({
      attribute: name,
      reason: redactSecrets(reason),
      objects,
      example: redactSecrets(example),
    }));
    return {
      ...{ objects, bytes, failed, skipped, before, deleted, elapsedMs: Math.round(elapsedMs) },
      bytesPerSecond: elapsedMs > 0 ? Math.round(bytes / (elapsedMs / 1000)) : 0,
      ...(totalObjects !== undefined && { plannedObjects: totalObjects }),
      ...(totalBytes !== undefined && { plannedBytes: totalBytes }),
      failures: Object.fromEntries(failures),
      dropped,
      ...(converted && { conversion: conversionJson(converted) }),
    };
  }

  /** Sums up a transfer of many objects, and any when the user wants to know more. */
  async summarize(counts: TransferCounts, many: boolean, shard?: Shard): Promise<void> {
    const operation = this.#context.name;
    for (const { dropped, example, objects } of this.#dropped.values()) {
      await this.#context.output.note(new DroppedMessage({ operation, ...dropped, objects, example }));
    }
    if (!many && this.#context.settings.verbosity === 0) return;
    const { isHalted, isPlanned, notDone, ...done } = counts;
    const limit = this.#dryRun || done.objects === 0
      ? undefined
      : this.#progress.limit(done.objects, done.bytes);
    await this.#context.output.note(
      new SummaryMessage({
        operation,
        ...done,
        before: done.before > 0 ? done.before : undefined,
        ...(isHalted && { notDone, isPlanned }),
        ...(this.stats.converted && { conversion: this.stats.converted }),
        elapsedMs: this.#progress.snapshot().elapsedMs,
        dryRun: this.#dryRun,
        ...(shard && { shard: { number: shard.number, count: shard.count } }),
        limit,
      }),
    );
    const { json, verbosity } = this.#context.settings;
    if (limit && verbosity > 0 && !json) await this.#context.output.note(new LimitMessage(limit));
  }
}
