import { locate } from "@lade/transfer/places";
import { openPlan, type PlanCounts, type PlanListener, runPlan } from "@lade/transfer/plans";
import type { CommandContext } from "../command/command_context.ts";
import { OperationMessage } from "../messages/transfer_messages.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { watchCommandLimits } from "../progress/watch_command_limits.ts";
import { journalOf } from "../transfer/journal_options.ts";
import { takeShard } from "../transfer/shard_options.ts";
import { TransferReport } from "../transfer/transfer_report.ts";

/** How a plan is executed. */
export interface RunPlanValues {
  /** Nothing is done, only shown. */
  readonly dryRun: boolean;
  /** Ends at the first failure. */
  readonly failFast: boolean;
  /** Objects in flight. */
  readonly jobs: number;
  /** The share that is done here, as it was said. */
  readonly shard?: string | undefined;
  /** Where the journal is kept. */
  readonly journal?: string | undefined;
  /** No journal is kept. */
  readonly noJournal?: boolean;
}

/** Executes a saved plan, once all of its file was read and found whole. */
export async function runPlanFile(
  context: CommandContext,
  file: string,
  { dryRun, failFast, jobs, shard: share, journal: where, noJournal = false }: RunPlanValues,
): Promise<void> {
  const { signal } = context;
  const lade = await context.lade();
  const saved = await openPlan(await locate(lade, file), signal);
  const shard = await takeShard(context, { shard: share });
  const journal = dryRun ? undefined : await journalOf(context, lade, { journal: where, noJournal }, shard);
  const { clock } = lade.context;
  const progress = new TransferProgress(clock);
  await watchCommandLimits(context, progress, jobs);
  const report = new PlanReport(context, progress, dryRun, saved.header.operation);
  let counts: PlanCounts;
  {
    await using _display = showCommandProgress(context, progress, clock, dryRun);
    const options = { dryRun, failFast, concurrency: jobs, journal, signal, ...(shard && { shard }) };
    counts = await runPlan(lade, saved, options, report);
  }
  const { deleted: _, ...rest } = counts;
  const told = saved.trailer.deletions > 0 ? counts : rest;
  await report.summarize(told, true, shard);
}

/** Prints what becomes of each entry; deletions too. */
class PlanReport extends TransferReport implements PlanListener {
  readonly #context: CommandContext;
  readonly #dryRun: boolean;

  constructor(context: CommandContext, progress: TransferProgress, dryRun: boolean, operation: string) {
    super(context, progress, dryRun, operation);
    this.#context = context;
    this.#dryRun = dryRun;
  }

  /** Called when an object of the destination is deleted, or would be. */
  async deleted(destination: string): Promise<void> {
    const told = { operation: "rm", destination, dryRun: this.#dryRun };
    await this.#context.output.done(new OperationMessage(told));
  }
}
