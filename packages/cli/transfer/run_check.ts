import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { CheckCounts, ComparedMessage, ComparisonMessage } from "../messages/check_messages.ts";
import { SkipMessage } from "../messages/transfer_messages.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { filterOf, FOR_MANY, isFiltered } from "./filter_options.ts";
import { givenJobs } from "../progress/watch_command_limits.ts";
import { watchLimit } from "./tell_limit.ts";
import { openCache } from "./cache_options.ts";
import type { CheckOptions } from "./check_options.ts";
import { NotFoundError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { type CheckEntry, checkObjects, type CheckRequest, checkTrees } from "@lade/transfer/check";
import type { CompareOptions, Listed } from "@lade/transfer/compare";
import {
  isLocalDirectory,
  isPrefix,
  locate,
  locatePrefix,
  nameOf,
  namesTree,
  type Place,
  placeBelow,
} from "@lade/transfer/places";

/** An object that is read for so long that it is shown. */
const WORTH_SHOWING = 8 * 2 ** 20;

/** Compares two trees or two objects, prints a line for each name that differs, with `--all` for each, and sums up. */
export async function runCheck(context: CommandContext, options: CheckOptions): Promise<void> {
  const { output, settings, signal } = context;
  const [source = "", target = "", ...more] = options.places;
  if (more.length > 0) throw new UsageError("There is one source and one destination.");
  if (options.download && options.sizeOnly) {
    throw new UsageError("--download and --size-only exclude each other.");
  }
  const lade = await context.lade();
  const filter = await filterOf(context, options, [source, target]);
  const { clock } = lade.context;
  using cache = options.download || options.sizeOnly ? undefined : await openCache(context, options);
  const progress = new TransferProgress(clock);
  const onRead = ({ uri, meta: { size } }: Listed) => {
    if (size < WORTH_SHOWING) return undefined;
    progress.add({ type: "started", key: uri, size });
    return progress.add;
  };
  const compare: CompareOptions = {
    mode: options.download ? "read" : options.sizeOnly ? "size" : "checksum",
    cache,
    onRead,
    signal,
  };
  const onSkipped = (uri: string, reason: string) => {
    if (settings.verbosity > 0) void output.note(new SkipMessage(uri, reason));
  };
  const places = { source: await locate(lade, source), target: await locate(lade, target) };
  const isTree = options.recursive || await namesTree(lade, places.source, "check", signal);
  if (isFiltered(options) && !isTree) {
    throw new UsageError(`${JSON.stringify(source)} is one object. ${FOR_MANY}`);
  }
  const request = {
    ...places,
    compare,
    oneWay: options.oneWay,
    filter,
    concurrency: options.jobs,
    onSkipped,
  };
  const tellLimit = await watchLimit(context, givenJobs(options.jobs));
  const unseen = filter?.names && new Set(filter.names);
  const counts = new CheckCounts();
  const showsSame = options.all || settings.verbosity > 0 || settings.json && !settings.quiet;
  const startedMs = clock.monotonicMs();
  {
    await using _display = showCommandProgress(context, progress, clock);
    const entries = isTree ? await trees(lade, request) : objects(lade, request);
    for await (const entry of entries) {
      unseen?.delete(entry.name);
      counts.add(entry);
      end(progress, entry);
      if (entry.sign !== "=" || showsSame) await tell(context, entry);
    }
    for (const name of unseen ?? []) {
      const { uri } = placeBelow(await locatePrefix(lade, places.source), name);
      const error = new NotFoundError({ operation: "check", uri, detail: "it is on neither side" });
      counts.add({ sign: "!", name });
      await tell(context, { sign: "!", name, error });
    }
  }
  await output.note(new ComparedMessage(counts, clock.monotonicMs() - startedMs));
  await tellLimit?.({ objects: counts.all });
}

/** Counts a name. Only what may have been shown while it was read has to be found among what is under way. */
function end(progress: TransferProgress, entry: CheckEntry): void {
  const { sign, name, size = 0 } = entry;
  if (sign !== "!" && size < WORTH_SHOWING) return progress.pass();
  progress.add({ type: "finished", key: entry.source ?? name, size });
}

async function tell({ output, fail }: CommandContext, entry: CheckEntry): Promise<void> {
  if (entry.sign !== "=") output.isNegative = true;
  await output.result(new ComparisonMessage(entry));
  if (entry.sign === "!") await fail(entry.error);
}

async function trees(lade: Lade, request: CheckRequest): Promise<AsyncIterable<CheckEntry>> {
  const [source, target] = await Promise.all(
    [request.source, request.target].map((place) => locatePrefix(lade, place)),
  ) as [Place, Place];
  return checkTrees({ ...request, source, target });
}

/** One object, with that of its name below the destination where this is a prefix or directory. */
async function* objects(lade: Lade, request: CheckRequest): AsyncGenerator<CheckEntry> {
  const { source, target } = request;
  const isBelow = isPrefix(target) || await isLocalDirectory(target.uri);
  const to = isBelow ? placeBelow(await locatePrefix(lade, target), nameOf(source)) : target;
  const entry = await checkObjects({ ...request, target: to }, nameOf(source));
  if (entry) yield entry;
}
