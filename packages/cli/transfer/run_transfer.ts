import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { watchCommandLimits } from "../progress/watch_command_limits.ts";
import { filterOf, splitArgument } from "./filter_options.ts";
import { refuseMistakes, type TransferCommand } from "./refuse_mistakes.ts";
import { TransferReport } from "./transfer_report.ts";
import { journalOf } from "./journal_options.ts";
import { takeShard } from "./shard_options.ts";
import { attributesOf } from "@lade/core/backend";
import type { Lade } from "@lade/lade";
import {
  isNameless,
  isStandardInput,
  transfer,
  type TransferCounts,
  type TransferRequest,
} from "@lade/transfer";
import { canBeObject, type Destination, locate, resolveDestination } from "@lade/transfer/places";

/** Transfers objects, many concurrently. One that fails is reported and does not stop the others. */
export async function runTransfer(context: CommandContext, command: TransferCommand): Promise<void> {
  const { sources, destination, options } = command;
  refuseMistakes(command);
  const { clock } = (await context.lade()).context;
  const progress = new TransferProgress(clock);
  const report = new TransferReport(context, progress, options.dryRun || options.savePlan !== undefined);
  const { statsFile: path, ...rest } = options;
  const work = () => transferReported(context, command, progress, report);
  if (path === undefined) return await work();
  const { withStats } = await import("./stats_file.ts");
  const stats = { path, settings: { sources, destination, ...rest }, report, now: () => clock.now() };
  await withStats(context, stats, work);
}

async function transferReported(
  context: CommandContext,
  command: TransferCommand,
  progress: TransferProgress,
  report: TransferReport,
): Promise<void> {
  const { output, signal, name, terminal } = context;
  const { sources, options, move } = command;
  const lade = await context.lade();
  await watchCommandLimits(context, progress, options.jobs);
  const isMany = options.recursive || await hasWildcards(command);
  const filter = await filterOf(context, options, sources);
  const destination = await findDestination(lade, command, isMany);
  refuseMisfits(sources, destination, command.destination);
  if (destination.kind === "stdout") output.rawResults = true;
  const shard = await takeShard(context, options);
  if (sources.some(isStandardInput) && terminal.stdin.isTerminal?.() && !options.dryRun) {
    await output.note(
      new NoteMessage("reading what is typed here, to its end (Ctrl-D on a line of its own)"),
    );
  }
  const { clock } = lade.context;
  const { recursive, dryRun, jobs, savePlan, version } = options;
  let counts: TransferCounts;
  {
    await using _display = showCommandProgress(context, progress, clock, dryRun || savePlan !== undefined);
    const request: TransferRequest = {
      operation: name,
      sources,
      destination,
      recursive,
      glob: options.glob ?? false,
      ...(filter && { filter }),
      move,
      dryRun,
      createOnly: options.noClobber,
      ...(options.links && { links: options.links }),
      ...(options.mapNames && { mapNames: options.mapNames }),
      failFast: options.failFast,
      concurrency: jobs,
      attributes: attributesOf(options),
      keepTime: !options.noMtime,
      guessContentType: !options.noGuess,
      conversion: options.zstd !== undefined ? "compress" : options.decompress ? "decompress" : "none",
      ...(options.zstd !== undefined && { zstdLevel: options.zstd }),
      ...(version !== undefined && { version }),
      ...(shard && { shard }),
      journal: dryRun || savePlan !== undefined ? undefined : await journalOf(context, lade, options, shard),
      stdin: terminal.stdin,
      stdout: (bytes) => output.bytes(bytes),
      signal,
    };
    counts = savePlan === undefined
      ? await transfer(lade, request, report)
      : await (await import("./save_plan_file.ts")).savePlanFile(context, request, report, savePlan);
  }
  if (options.filesFrom !== undefined && counts.objects === 0 && report.stats.failed > 0) {
    await report.noted(
      "names of --files-from are those below the source, as find -printf '%P\\n' writes them",
    );
  }
  await report.summarize(counts, isMany || sources.length > 1, shard);
}

/** A version may go where it came from, also where the key ends in a slash: that makes it the latest again. */
async function findDestination(
  lade: Lade,
  { sources, destination, options }: TransferCommand,
  isMany: boolean,
): Promise<Destination> {
  const isRestored = options.version !== undefined && sources[0] === destination;
  const place = isRestored ? await locate(lade, destination) : undefined;
  if (place && canBeObject(place)) return { kind: "object", place };
  return await resolveDestination(lade, destination, isMany);
}

/** Whether any source stands for several names; what is no pattern is a `UsageError`. */
async function hasWildcards({ sources, options }: TransferCommand): Promise<boolean> {
  if (!options.glob) return false;
  const split = await Promise.all(sources.map(splitArgument));
  return split.some((source) => source !== undefined);
}

function refuseMisfits(sources: readonly string[], destination: Destination, argument: string): void {
  if (sources.length > 1 && destination.kind !== "prefix") {
    throw new UsageError(
      `Several sources need a directory or prefix to go to: ${
        JSON.stringify(argument)
      } is none without a final slash.`,
    );
  }
  const nameless = sources.find(isNameless);
  if (nameless !== undefined && destination.kind === "prefix") {
    const what = isStandardInput(nameless) ? "Standard input" : nameless;
    throw new UsageError(
      `${what} has no name: ${JSON.stringify(argument)} must be followed by that of an object.`,
    );
  }
}
