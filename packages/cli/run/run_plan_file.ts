import { locate } from "@lade/transfer/places";
import { openPlan, runPlan } from "@lade/transfer/plans";
import type { TransferCounts } from "@lade/transfer";
import type { CommandContext } from "../command/command_context.ts";
import { chooseProgressForm, showProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
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
}

/** Executes a saved plan, once all of its file was read and found whole. */
export async function runPlanFile(
  context: CommandContext,
  file: string,
  { dryRun, failFast, jobs, shard: share }: RunPlanValues,
): Promise<void> {
  const { output, signal, terminal } = context;
  const lade = await context.lade();
  const saved = await openPlan(await locate(lade, file), signal);
  const shard = await takeShard(context, { shard: share });
  const { clock } = lade.context;
  const progress = new TransferProgress(clock);
  const report = new TransferReport(context, progress, dryRun, saved.header.operation);
  let counts: TransferCounts;
  {
    await using _display = showProgress({
      form: dryRun ? "none" : chooseProgressForm(context),
      progress,
      output,
      clock,
      columns: () => terminal.columns() ?? 80,
    });
    const options = { dryRun, failFast, concurrency: jobs, signal, ...(shard && { shard }) };
    counts = await runPlan(lade, saved, options, report);
  }
  await report.summarize(counts, true, shard);
}
