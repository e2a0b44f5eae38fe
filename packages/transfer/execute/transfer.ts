import { inParallel } from "@lade/core/concurrency";
import { localPathOf, uriOfArgument } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { planJobs } from "../plan/plan_jobs.ts";
import { DestinationDirectory } from "./destination_directory.ts";
import type { KeptJournal } from "./kept_journal.ts";
import { isStandardInput } from "../plan/input.ts";
import { JobRunner } from "./job_runner.ts";
import { planAhead } from "./plan_ahead.ts";
import { OBJECTS_AT_ONCE, prepareTransfer } from "./prepare_transfer.ts";
import type { TransferListener } from "./transfer_listener.ts";
import type { TransferRequest } from "./transfer_request.ts";
import { type TransferCounts, TransferTally } from "./transfer_tally.ts";

/** What of a request decides which objects go, and what they become. */
function meaningOf({ destination, ...request }: TransferRequest): unknown {
  const {
    recursive,
    move,
    createOnly,
    attributes,
    keepTime,
    guessContentType,
    conversion,
    zstdLevel,
    version,
  } = request;
  const writing = { createOnly, attributes, keepTime, guessContentType, conversion, zstdLevel };
  return { ...writing, recursive, move, version, destination: destination.kind };
}

/** Opens the journal of a transfer; what is read to its end, or printed, has none. */
async function openJournal(
  lade: UriCalls,
  request: TransferRequest,
  tally: TransferTally,
): Promise<KeptJournal | undefined> {
  const { journal, destination, operation, sources, shard, signal } = request;
  if (!journal || destination.kind === "stdout" || sources.some(isStandardInput)) return undefined;
  const { KeptJournal } = await import("./kept_journal.ts");
  return await KeptJournal.open({
    lade,
    request: journal,
    operation,
    sources: sources.map(uriOfArgument),
    destination: destination.place,
    isPrefix: destination.kind === "prefix",
    options: meaningOf(request),
    shard,
    signal,
    tally,
  });
}

/**
 * Transfers objects, many concurrently: plans, executes what is planned, and verifies each object. One that fails is
 * reported to the listener and does not stop the others, unless `failFast` says so. Sources are listed once.
 */
export async function transfer(
  lade: UriCalls,
  given: TransferRequest,
  listener: TransferListener,
): Promise<TransferCounts> {
  const { sources, destination, recursive, move, conversion = "none" } = given;
  const { dryRun = false, createOnly = false, concurrency = OBJECTS_AT_ONCE } = given;
  const tally = new TransferTally(listener, given.failFast);
  const { request, plan: prepared } = await prepareTransfer(lade, given, tally);
  const { judge, signal } = prepared;
  using pool = conversion === "none" ? undefined : (await import("@lade/core/zstd")).createZstdPool();
  const like = recursive && sources[0] !== undefined ? localPathOf(uriOfArgument(sources[0])) : undefined;
  const directory = new DestinationDirectory(lade, destination, like);
  const journal = dryRun ? undefined : await openJournal(lade, request, tally);
  const runner = new JobRunner({ lade, request, judge, pool, directory, tally, journal });
  const inOrder = journal?.isResumed ?? false;
  // An earlier run may have moved all of it.
  const plan = { ...prepared, inOrder, ...(move && inOrder && { allowMissing: true }) };
  const atOnce = () => lade.context.descriptors.atOnce(concurrency);
  let isMovedWhole = false;
  let isDone = false;
  try {
    if (move && recursive) {
      const { moveWhole } = await import("./move_whole.ts");
      isMovedWhole = await moveWhole({ plan, tally, runner, jobs: concurrency, dryRun, createOnly });
    }
    if (!isMovedWhole) {
      await inParallel(
        planAhead(given.planned?.() ?? planJobs(plan), tally),
        atOnce,
        (job) => runner.run(job),
        signal,
      );
    }
    isDone = !signal.aborted && tally.failed === 0;
    if (isDone && given.afterwards) {
      await journal?.begin();
      isDone = false;
      isDone = await given.afterwards();
    }
  } catch (error) {
    if (!tally.isHalted || given.signal.aborted) throw error;
  } finally {
    if (tally.counts.objects === 0) await directory.removeIfUnused();
    const left = await journal?.end(isDone);
    await journal?.tellEnd(isDone);
    if (left) await listener.resumable?.(left);
  }
  given.signal.throwIfAborted();
  // What the filter keeps back lies in directories of its own.
  if (move && recursive && !isMovedWhole && !dryRun && tally.failed === 0 && !request.filter) {
    const { removeEmptySources } = await import("./move_whole.ts");
    await removeEmptySources(lade, sources, signal);
  }
  return tally.counts;
}
