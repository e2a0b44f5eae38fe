import type { ObjectStore } from "@lade/core";
import type { Clock } from "@lade/core/backend";
import { NotFoundError, UnavailableError } from "@lade/core/errors";
import { inParallel } from "@lade/core/concurrency";
import { getBytes } from "@lade/core/operations";
import { parseShardReport, SHARD_FOLDER, SHARD_STALE_MS, type ShardReport } from "../journal/shard_report.ts";

const READS_AT_ONCE = 32;

/** One share of a transfer, as it was last told of. */
export interface ShardStatus {
  /** Which share, from 1. */
  readonly number: number;
  /**
   * How it is: `dead` was running and has told nothing for a minute, and `missing` has never told anything.
   */
  readonly state: ShardReport["state"] | "dead" | "missing";
  /** What was told last; absent where nothing was. */
  readonly report?: ShardReport;
  /** Milliseconds since then. */
  readonly ageMs?: number;
}

/** A transfer of which many processes do a share each. */
export interface ShardedTransfer {
  /** Its name. */
  readonly id: string;
  /** The command. */
  readonly operation: string;
  /** The URIs of the sources. */
  readonly sources: readonly string[];
  /** The URI of the destination. */
  readonly destination: string;
  /** Every share, from the first to the last. */
  readonly shards: readonly ShardStatus[];
}

/**
 * The transfers whose shares were told of below a prefix of journals, the one that was told of last first. It takes a
 * listing, and a request for each share.
 */
export async function listShardedTransfers(
  store: ObjectStore,
  prefix: string,
  clock: Clock,
): Promise<ShardedTransfer[]> {
  const transfers = new Map<string, ShardReport[]>();
  try {
    await inParallel(store.list(prefix + SHARD_FOLDER, { order: "any" }), READS_AT_ONCE, async ({ key }) => {
      const report = await readReport(store, key);
      if (!report) return;
      const others = transfers.get(report.transfer);
      if (others) others.push(report);
      else transfers.set(report.transfer, [report]);
    });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  const latest = (reports: readonly ShardReport[]) =>
    Math.max(...reports.map(({ told }) => Date.parse(told)));
  return [...transfers.values()].sort((a, b) => latest(b) - latest(a)).map((reports) =>
    statusOf(reports, clock.now())
  );
}

/** Removes what was told of a transfer. One that a process is at is an `UnavailableError`. */
export async function removeShardReports(
  store: ObjectStore,
  prefix: string,
  transfer: ShardedTransfer,
): Promise<void> {
  const running = transfer.shards.find(({ state }) => state === "running");
  if (running) {
    const uri = `${store.uri}/${prefix}${SHARD_FOLDER}${transfer.id}/`;
    const detail = `shard ${running.number} is running`;
    throw new UnavailableError({ operation: "remove", uri, detail, advice: "wait for it or end it first" });
  }
  for await (const { key } of store.list(`${prefix}${SHARD_FOLDER}${transfer.id}/`, { order: "any" })) {
    await store.delete(key);
  }
}

async function readReport(store: ObjectStore, key: string): Promise<ShardReport | undefined> {
  try {
    return parseShardReport(new TextDecoder().decode((await getBytes(store, key)).bytes));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function statusOf(reports: readonly ShardReport[], nowMs: number): ShardedTransfer {
  const byNumber = new Map(reports.map((report) => [report.number, report]));
  const [{ transfer: id, operation, sources, destination, count } = NONE] = reports;
  const shards = Array.from({ length: count }, (_, index): ShardStatus => {
    const number = index + 1;
    const report = byNumber.get(number);
    if (!report) return { number, state: "missing" };
    const ageMs = nowMs - Date.parse(report.told);
    // What a clock that was ahead told would count for as long.
    const isDead = report.state === "running" && Math.abs(ageMs) >= SHARD_STALE_MS;
    return { number, state: isDead ? "dead" : report.state, report, ageMs: Math.max(0, ageMs) };
  });
  return { id, operation, sources, destination, shards };
}

const NONE = { transfer: "", operation: "", sources: [], destination: "", count: 0 };
