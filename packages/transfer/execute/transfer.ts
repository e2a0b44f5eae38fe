import { inParallel } from "@lade/core/concurrency";
import { checkReadOptions, PlaceJudge } from "@lade/core/operations";
import { localPathOf, uriOfArgument } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { type JobPlan, planJobs } from "../plan/plan_jobs.ts";
import { DestinationDirectory } from "./destination_directory.ts";
import { JobRunner } from "./job_runner.ts";
import { planAhead } from "./plan_ahead.ts";
import type { TransferListener } from "./transfer_listener.ts";
import type { TransferRequest } from "./transfer_request.ts";
import { type TransferCounts, TransferTally } from "./transfer_tally.ts";

const OBJECTS_AT_ONCE = 32;

/**
 * Transfers objects, many concurrently: plans, executes what is planned, and verifies each object. One that fails is
 * reported to the listener and does not stop the others, unless `failFast` says so. Sources are listed once.
 */
export async function transfer(
  lade: UriCalls,
  given: TransferRequest,
  listener: TransferListener,
): Promise<TransferCounts> {
  const { sources, destination, recursive, move, conversion = "none", attributes = {} } = given;
  const { dryRun = false, createOnly = false, concurrency = OBJECTS_AT_ONCE } = given;
  if (given.glob && recursive) throw new TypeError("Cannot transfer with glob and recursive together");
  if (move && recursive && sources.length > 1) {
    throw new TypeError(`Cannot move ${sources.length} trees at once: one source is needed`);
  }
  checkReadOptions({ ...given, concurrency });
  const tally = new TransferTally(listener, given.failFast);
  const signal = AbortSignal.any([given.signal, tally.ended]);
  const filter = given.shard
    ? (await import("./shard_filter.ts")).shardFilter(given, given.shard)
    : given.filter;
  const request = { ...given, signal, ...(filter && { filter }) };
  const judge = new PlaceJudge();
  const changesAttributes = !move && Object.keys(attributes).length > 0;
  const plan: JobPlan = {
    ...request,
    lade,
    changesAttributes,
    conversion,
    judge,
    onLeftOut: (entry) => tally.leftOut(entry),
  };
  using pool = conversion === "none" ? undefined : (await import("@lade/core/zstd")).createZstdPool();
  const like = recursive && sources[0] !== undefined ? localPathOf(uriOfArgument(sources[0])) : undefined;
  const directory = new DestinationDirectory(lade, destination, like);
  const runner = new JobRunner({ lade, request, judge, pool, directory, tally });
  const atOnce = () => lade.context.descriptors.atOnce(concurrency);
  let isMovedWhole = false;
  try {
    if (move && recursive) {
      const { moveWhole } = await import("./move_whole.ts");
      isMovedWhole = await moveWhole({ plan, tally, runner, jobs: concurrency, dryRun, createOnly });
    }
    if (!isMovedWhole) {
      await inParallel(planAhead(planJobs(plan), tally), atOnce, (job) => runner.run(job), signal);
    }
  } catch (error) {
    if (!tally.isHalted || given.signal.aborted) throw error;
  } finally {
    if (tally.counts.objects === 0) await directory.removeIfUnused();
  }
  given.signal.throwIfAborted();
  // What the filter keeps back lies in directories of its own.
  if (move && recursive && !isMovedWhole && !dryRun && tally.failed === 0 && !filter) {
    const { removeEmptySources } = await import("./move_whole.ts");
    await removeEmptySources(lade, sources, signal);
  }
  return tally.counts;
}
