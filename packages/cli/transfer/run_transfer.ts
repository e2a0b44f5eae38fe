import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { canBeObject, localPathOf, locate, uriOfArgument } from "../places/place.ts";
import { type Destination, isStandardOutput, resolveDestination } from "../places/resolve_destination.ts";
import { chooseProgressForm, showProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { DestinationDirectory } from "./destination_directory.ts";
import { isNameless, isStandardInput } from "./input.ts";
import { JobRunner } from "./job_runner.ts";
import { type JobPlan, planJobs } from "./plan_jobs.ts";
import type { TransferOptions } from "./transfer_options.ts";
import { TransferTally } from "./transfer_tally.ts";
import { attributesOf } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import { PlaceJudge } from "@lade/core/operations";
import type { Lade } from "@lade/lade";

/** What a command transfers. */
export interface TransferRequest {
  /** The sources, as given; `-` is standard input. */
  readonly sources: readonly string[];
  /** The destination, as given; `-` is standard output. */
  readonly destination: string;
  /** The command's options. */
  readonly options: TransferOptions;
  /** The sources are removed afterwards. */
  readonly move: boolean;
}

/** Transfers objects, many concurrently. One that fails is reported and does not stop the others. */
export async function runTransfer(context: CommandContext, request: TransferRequest): Promise<void> {
  const { output, signal, name, terminal } = context;
  const { sources, options, move } = request;
  refuseMistakes(request);
  const lade = await context.lade();
  const destination = await findDestination(lade, request);
  refuseMisfits(sources, destination, request.destination);
  if (destination.kind === "stdout") output.rawResults = true;

  if (sources.some(isStandardInput) && terminal.stdin.isTerminal?.() && !options.dryRun) {
    await output.note(
      new NoteMessage("reading what is typed here, to its end (Ctrl-D on a line of its own)"),
    );
  }
  const { clock } = lade.context;
  const progress = new TransferProgress(clock);
  const { recursive, jobs, version } = options;
  const conversion = options.zstd !== undefined ? "compress" : options.decompress ? "decompress" : "none";
  const judge = new PlaceJudge();
  const plan: JobPlan = {
    lade,
    operation: name,
    sources,
    destination,
    recursive,
    version,
    move,
    changesAttributes: !move && Object.keys(attributesOf(options)).length > 0,
    conversion,
    judge,
    signal,
    stdin: terminal.stdin,
  };
  using pool = conversion === "none" ? undefined : (await import("@lade/core/zstd")).createZstdPool();
  const like = recursive && sources[0] !== undefined ? localPathOf(uriOfArgument(sources[0])) : undefined;
  const directory = new DestinationDirectory(lade, destination, like);
  const tally = new TransferTally(context, progress, options.dryRun);
  const runner = new JobRunner({ context, lade, options, move, conversion, judge, pool, directory, tally });
  const atOnce = () => lade.context.descriptors.atOnce(jobs);
  const stopMeasuring = new AbortController();
  let measured: Promise<void> | undefined;
  const display = showProgress({
    form: options.dryRun ? "none" : chooseProgressForm(context),
    progress,
    output,
    clock,
    columns: () => terminal.columns() ?? 80,
    onFirst: () => {
      const ends = AbortSignal.any([signal, stopMeasuring.signal]);
      measured = measureJobs({ ...plan, signal: ends }, progress);
    },
  });
  let isMovedWhole = false;
  try {
    if (move && recursive) {
      const { moveWhole } = await import("./move_whole.ts");
      isMovedWhole = await moveWhole(context, { plan, options, tally, runner, jobs });
    }
    if (!isMovedWhole) await inParallel(planJobs(plan), atOnce, (job) => runner.run(job));
  } finally {
    stopMeasuring.abort();
    await display[Symbol.asyncDispose]();
    await measured;
    if (tally.objects === 0) await directory.removeIfUnused();
  }
  signal.throwIfAborted();
  if (move && recursive && !isMovedWhole && !options.dryRun && tally.failed === 0) {
    const { removeEmptySources } = await import("./move_whole.ts");
    await removeEmptySources(lade, sources, signal);
  }
  await tally.summarize(recursive || sources.length > 1);
}

/** A version may go where it came from, also where the key ends in a slash: that makes it the latest again. */
async function findDestination(
  lade: Lade,
  { sources, destination, options }: TransferRequest,
): Promise<Destination> {
  const isRestored = options.version !== undefined && sources[0] === destination;
  const place = isRestored ? await locate(lade, destination) : undefined;
  if (place && canBeObject(place)) return { kind: "object", place };
  return await resolveDestination(lade, destination, options.recursive);
}

function refuseMistakes({ sources, destination, options }: TransferRequest): void {
  const refuse = (problem: string): never => {
    throw new UsageError(problem);
  };
  const fromInput = sources.some(isStandardInput);
  if (sources.length > 1 && fromInput) refuse("Standard input (-) cannot be one of several sources.");
  if (sources.length > 1 && options.recursive) refuse("With -r there is one source.");
  if (options.version !== undefined && (options.recursive || sources.length > 1 || fromInput)) {
    refuse("With --version there is one object, and no -r.");
  }
  const toOutput = isStandardOutput(destination);
  if (options.recursive && (fromInput || toOutput)) refuse("With -r neither place can be -.");
  if (fromInput && toOutput) refuse("Nothing is to be done from - to -.");
  if (toOutput && options.zstd !== undefined) refuse("With --zstd the destination cannot be -.");
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

/**
 * Finds out how much a transfer has to do, for its progress: a listing of its own, far ahead of the transfer, costs
 * little and holds nothing. What cannot be found out leaves the totals unknown, and so does an object that was named and
 * is not local: a request of its own is not worth its size, which the first answer of the transfer gives.
 */
export async function measureJobs(plan: JobPlan, progress: TransferProgress): Promise<void> {
  try {
    for await (const job of planJobs(plan)) {
      if ("reason" in job) {
        // It counts among the objects that are done when it is refused.
        progress.plan(1, 0);
        continue;
      }
      const { from, input } = job;
      if (!from || input || (job.size === undefined && localPathOf(from.uri) === undefined)) return;
      const size = job.size ?? (await from.store.head(from.key, { signal: plan.signal })).size;
      progress.plan(1, size);
    }
    progress.planned();
  } catch {
    // The transfer itself reports what is wrong.
  }
}
