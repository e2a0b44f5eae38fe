import { attributesOf } from "@lade/core/backend";
import { locate, locatePrefix, resolveDestination } from "@lade/transfer/places";
import { sync, type SyncCounts } from "@lade/transfer/sync";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { chooseProgressForm, showProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { openCache } from "./cache_options.ts";
import { filterOf } from "./filter_options.ts";
import { takeShard } from "./shard_options.ts";
import { compareModeOf } from "./compare_options.ts";
import { journalOf } from "./journal_options.ts";
import type { SyncValues } from "./sync_options.ts";
import { withStats } from "./stats_file.ts";
import { SyncReport } from "./sync_report.ts";

/** Brings a tree up to date. An object that fails is reported and does not stop the others. */
export async function runSync(context: CommandContext, options: SyncValues): Promise<void> {
  compareModeOf(options);
  refuseMistakes(options);
  const { clock } = (await context.lade()).context;
  const progress = new TransferProgress(clock);
  const report = new SyncReport(context, progress, options.dryRun);
  const { statsFile: path, ...settings } = options;
  const stats = { path, settings, report, now: () => clock.now() };
  await withStats(context, stats, () => syncReported(context, options, progress, report));
}

async function syncReported(
  context: CommandContext,
  options: SyncValues,
  progress: TransferProgress,
  report: SyncReport,
): Promise<void> {
  const { output, signal, name, terminal } = context;
  const { source, destination: argument, dryRun, jobs, maxDelete, backupDir } = options;
  const mode = compareModeOf(options);
  const lade = await context.lade();
  const destination = await resolveDestination(lade, argument, true);
  if (destination.kind !== "prefix") {
    throw new UsageError("sync takes a prefix or directory to bring up to date.");
  }
  const backup = backupDir === undefined
    ? undefined
    : await locatePrefix(lade, await locate(lade, backupDir));
  const filter = await filterOf(context, options, [source, argument]);
  const shard = await takeShard(context, options);
  using cache = mode === "content" || mode === "checksum" ? await openCache(context, options) : undefined;
  const { clock } = lade.context;
  let counts: SyncCounts;
  {
    await using _display = showProgress({
      form: dryRun ? "none" : chooseProgressForm(context),
      progress,
      output,
      clock,
      columns: () => terminal.columns() ?? 80,
    });
    counts = await sync(lade, {
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
      failFast: options.failFast,
      journal: dryRun ? undefined : await journalOf(context, lade, options, shard),
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
    }, report);
  }
  await report.summarize(counts, true, shard);
}

function refuseMistakes(options: SyncValues): void {
  if (options.delete) return;
  if (options.maxDelete !== undefined) throw new UsageError("--max-delete is for --delete.");
  if (options.allowEmpty) throw new UsageError("--allow-empty is for --delete.");
}
