import type { ObjectAttributes } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { lookUp } from "../places/look_up.ts";
import { locate } from "../places/place.ts";
import type { Destination } from "../places/resolve_destination.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { Job, Refusal } from "../plan/job.ts";
import { listedAs, type PlanEntry, type PlanMarker, type PlanOptions } from "../plan/plan_file.ts";
import { readPlan, type SavedPlan } from "../plan/read_plan.ts";
import type { Deletion } from "../sync/deletion.ts";
import { deleteListed } from "../sync/deletions.ts";
import type { Shard } from "@lade/core/shard";
import { inShard } from "../shard/shard.ts";
import { refuseChange } from "../execute/check_pinned.ts";
import { transfer } from "../execute/transfer.ts";
import type { JournalRequest } from "../execute/kept_journal.ts";
import type { TransferListener } from "../execute/transfer_listener.ts";
import type { TransferCounts } from "../execute/transfer_tally.ts";

/** How a saved plan is executed. */
export interface RunPlanOptions {
  /** Does nothing, and reports what would be done, and what would be refused. */
  readonly dryRun?: boolean;
  /** Ends at the first failure. */
  readonly failFast?: boolean;
  /** Objects in flight; 32 by default. */
  readonly concurrency?: number;
  /** Only this share of the entries, by a hash of the URI of the source. */
  readonly shard?: Shard;
  /** Keeps a journal, by which the same plan goes on where an interrupted run stopped; none is kept by default. */
  readonly journal?: JournalRequest | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Takes what becomes of each entry. */
export interface PlanListener extends TransferListener {
  /** Called when an object of the destination is deleted, or would be. */
  deleted(uri: string): Promise<void>;
}

/** What the execution of a plan came to. */
export interface PlanCounts extends TransferCounts {
  /** Objects deleted from the destination. */
  readonly deleted: number;
}

/** Deletions that are asked for together. */
const DELETED_TOGETHER = 1_000;

/**
 * Executes a saved plan. An entry whose source is not what it was when it was planned, by size, etag and time, fails, and so
 * does one whose destination somebody else wrote or removed since; the others go on. Deletions come last, each only of
 * what was listed, and only if nothing failed; what is gone already counts as deleted. With a journal, entries that an
 * earlier run of the plan has done are passed over.
 */
export async function runPlan(
  lade: UriCalls,
  saved: SavedPlan,
  options: RunPlanOptions,
  listener: PlanListener,
): Promise<PlanCounts> {
  const { operation, destination: { kind, uri }, move, options: how, sources } = saved.header;
  const { signal, shard, journal, ...running } = options;
  const place = await locate(lade, uri);
  const destination: Destination = kind === "prefix" ? { kind, place } : { kind: "object", place };
  const { deletions, entries, crc32c } = saved.trailer;
  let [deleted, failed] = [0, 0];
  const deleteRest = async () => {
    for await (const batch of deletionsOf(lade, saved, shard, signal)) {
      await remove(batch, options, async ({ remove: { uri } }, error) => {
        if (error) failed++;
        else deleted++;
        await (error ? listener.failed(uri, error) : listener.deleted(uri));
      });
    }
    return failed === 0;
  };
  const counts = await transfer(lade, {
    ...transferOptionsOf(how),
    ...running,
    operation,
    sources,
    destination,
    recursive: false,
    move,
    planned: () => jobsOf(lade, saved, shard, signal),
    ...(deletions > 0 && { afterwards: deleteRest }),
    ...(journal && { journal: { ...journal, meaning: { plan: { entries, crc32c } } } }),
    ...(shard && { shard }),
    signal,
  }, listener);
  if (deletions > 0 && counts.failed > 0) {
    await listener.noted?.("what is to be deleted stays, because not everything was done");
  }
  return { ...counts, failed: counts.failed + failed, deleted };
}

/** Deletes objects of one store as they were listed; a dry run looks whether they still are so. */
async function remove(
  batch: readonly Deletion[],
  { dryRun = false, signal }: RunPlanOptions,
  tell: (deletion: Deletion, error: Error | undefined) => Promise<void>,
): Promise<void> {
  const [first] = batch;
  if (!first) return;
  if (!dryRun) {
    return await deleteListed(first.remove.store, batch, signal, async (deletion, error) => {
      const isGone = error !== undefined && await lookUp(deletion.remove, signal) === undefined;
      await tell(deletion, isGone ? undefined : error);
    });
  }
  for (const deletion of batch) {
    const { remove: place, listed } = deletion;
    const found = await lookUp(place, signal);
    if (!found) {
      await tell(deletion, undefined);
      continue;
    }
    let failure: Error | undefined;
    try {
      refuseChange("delete", place.uri, listed, found);
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
      failure = error;
    }
    await tell(deletion, failure);
  }
}

async function* deletionsOf(
  lade: UriCalls,
  saved: SavedPlan,
  shard: Shard | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly Deletion[]> {
  const isOwn = inShard(shard);
  let batch: Deletion[] = [];
  for await (const entry of readPlan(saved, signal)) {
    if (!("remove" in entry) || !isOwn(entry.remove)) continue;
    const place = await locate(lade, entry.remove);
    if (batch[0] && batch[0].remove.store !== place.store || batch.length >= DELETED_TOGETHER) {
      yield batch;
      batch = [];
    }
    batch.push({ remove: place, name: entry.name, listed: listedAs(place.key, entry.listed) });
  }
  yield batch;
}

function transferOptionsOf({ attributes, ...rest }: PlanOptions): PlanOptions {
  const { expires } = attributes;
  const dated: ObjectAttributes = expires === undefined
    ? attributes
    : { ...attributes, expires: new Date(expires) };
  return { ...rest, attributes: dated };
}

async function* jobsOf(
  lade: UriCalls,
  saved: SavedPlan,
  shard: Shard | undefined,
  signal: AbortSignal,
): AsyncGenerator<Job | Refusal> {
  const isOwn = inShard(shard);
  for await (const entry of readPlan(saved, signal)) {
    if ("remove" in entry) continue;
    const uri = "from" in entry ? entry.from : entry.marker;
    if (!isOwn(uri)) continue;
    try {
      yield "from" in entry ? await jobOf(lade, entry) : await markerOf(lade, entry);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      yield { uri, reason: error };
    }
  }
}

async function jobOf(lade: UriCalls, entry: PlanEntry): Promise<Job> {
  const [from, to] = await Promise.all([locate(lade, entry.from), locate(lade, entry.to)]);
  const { version, source, replaces } = entry;
  return {
    from,
    to,
    size: source.size,
    listed: listedAs(from.key, source),
    isPinned: true,
    replaces: replaces === null ? "nothing" : listedAs(to.key, replaces),
    ...(version !== undefined && { version }),
  };
}

async function markerOf(lade: UriCalls, entry: PlanMarker): Promise<Refusal> {
  const [from, to] = await Promise.all([
    locate(lade, entry.marker),
    entry.to === undefined ? undefined : locate(lade, entry.to),
  ]);
  const { reason, source } = entry;
  const marker = { from, ...(to && { to }), ...(source && { listed: listedAs(from.key, source) }) };
  return { uri: from.uri, reason, marker };
}
