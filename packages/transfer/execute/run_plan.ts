import type { ObjectAttributes } from "@lade/core";
import { locate } from "../places/place.ts";
import type { Destination } from "../places/resolve_destination.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { Job, Refusal } from "../plan/job.ts";
import { listedAs, type PlanEntry, type PlanMarker, type PlanOptions } from "../plan/plan_file.ts";
import { readPlan, type SavedPlan } from "../plan/read_plan.ts";
import { inShard, type Shard } from "../shard/shard.ts";
import { transfer } from "./transfer.ts";
import type { TransferListener } from "./transfer_listener.ts";
import type { TransferCounts } from "./transfer_tally.ts";

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
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Executes a saved plan. An entry whose source is not what it was when it was planned, by size, etag and time, fails, and so
 * does one whose destination somebody else wrote or removed since; the others go on.
 */
export async function runPlan(
  lade: UriCalls,
  saved: SavedPlan,
  options: RunPlanOptions,
  listener: TransferListener,
): Promise<TransferCounts> {
  const { operation, destination: { kind, uri }, move, options: how, sources } = saved.header;
  const { signal, shard, ...running } = options;
  const place = await locate(lade, uri);
  const destination: Destination = kind === "prefix" ? { kind, place } : { kind: "object", place };
  return await transfer(lade, {
    ...transferOptionsOf(how),
    ...running,
    operation,
    sources,
    destination,
    recursive: false,
    move,
    stdin: { read: () => Promise.resolve(null) },
    stdout: () => Promise.reject(new TypeError("Cannot print what a plan has: it goes to places alone")),
    planned: () => jobsOf(lade, saved, shard, signal),
    signal,
  }, listener);
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
