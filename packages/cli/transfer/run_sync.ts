import { attributesOf } from "@lade/core/backend";
import { locate, locatePrefix, resolveDestination } from "@lade/transfer/places";
import { sync, type SyncCounts, type SyncRequest } from "@lade/transfer/sync";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { watchCommandLimits } from "../progress/watch_command_limits.ts";
import { openCache } from "./cache_options.ts";
import { filterOf } from "./filter_options.ts";
import { takeShard } from "./shard_options.ts";
import { compareModeOf } from "./compare_options.ts";
import { journalOf } from "./journal_options.ts";
import { refuseSyncMistakes, type SyncValues } from "./sync_options.ts";
import { SyncReport } from "./sync_report.ts";

/** Brings a tree up to date. An object that fails is reported and does not stop the others. */
export async function runSync(context: CommandContext, options: SyncValues): Promise<void> {
  compareModeOf(options);
  refuseSyncMistakes(options);
  const { clock } = (await context.lade()).context;
  const progress = new TransferProgress(clock);
  const report = new SyncReport(context, progress, options.dryRun || options.savePlan !== undefined);
  const { statsFile: path, ...settings } = options;
  const work = () => syncReported(context, options, progress, report);
  if (path === undefined) return await work();
  const { withStats } = await import("./stats_file.ts");
  const stats = { path, settings, report, now: () => clock.now() };
  await withStats(context, stats, work);
}

async function syncReported(
  context: CommandContext,
  options: SyncValues,
  progress: TransferProgress,
  report: SyncReport,
): Promise<void> {
  const { signal, name } = context;
  const { source, destination: argument, dryRun, jobs, maxDelete, backupDir, savePlan } = options;
  const mode = compareModeOf(options);
  const lade = await context.lade();
  await watchCommandLimits(context, progress, jobs);
  const destination = await resolveDestination(lade, argument, true);
  if (destination.kind !== "prefix") {
    throw new UsageError("sync takes a prefix or directory to bring up to date.");
  }
  const backup = backupDir === undefined
    ? undefined
    : await locatePrefix(lade, await locate(lade, backupDir));
  const filter = await filterOf(context, options, [source, argument]);
  const shard = await takeShard(context, options);
  // Copies are remembered in every mode: what was remembered of a file that is replaced would make the next run doubt it.
  using cache = await openCache(context, options);
  const { clock } = lade.context;
  let counts: SyncCounts;
  {
    await using _display = showCommandProgress(context, progress, clock, dryRun || savePlan !== undefined);
    const request: SyncRequest = {
      operation: name,
      source,
      destination: destination.place,
      mode,
      update: options.update,
      ...(cache && { cache }),
      ...(filter && { filter }),
      ...(shard && { shard }),
      delete: options.delete,
      ...(maxDelete !== undefined && { maxDelete }),
      allowEmpty: options.allowEmpty,
      ...(backup && { backup }),
      dryRun,
      createOnly: options.noClobber,
      links: options.links,
      failFast: options.failFast,
      journal: dryRun || savePlan !== undefined ? undefined : await journalOf(context, lade, options, shard),
      concurrency: jobs,
      attributes: attributesOf(options),
      keepTime: !options.noMtime,
      guessContentType: !options.noGuess,
      advice: {
        allowEmpty: "--allow-empty deletes it all the same",
        maxDelete: "a higher --max-delete lets it",
        object: "lade cp copies one object",
      },
      signal,
    };
    counts = savePlan === undefined
      ? await sync(lade, request, report)
      : await (await import("./save_plan_file.ts")).saveSyncPlanFile(context, request, report, savePlan);
  }
  await report.summarize(counts, true, shard);
}
