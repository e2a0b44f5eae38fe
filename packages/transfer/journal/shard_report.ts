/** What a process tells of its share of a transfer: once when it begins, then several times a minute, last when it ends. */
export interface ShardReport {
  /** Version of the format. */
  readonly lade: 1;
  /** What the shares are of: the same for all of them. */
  readonly transfer: string;
  /** Which share, from 1 to `count`. */
  readonly number: number;
  /** How many there are. */
  readonly count: number;
  /** The command: `cp`. */
  readonly operation: string;
  /** The URIs of the sources. */
  readonly sources: readonly string[];
  /** The URI of the destination. */
  readonly destination: string;
  /** Tells this run from others of the same share. */
  readonly run: string;
  /** How it is at it. */
  readonly state: ShardState;
  /** Objects that are done, by earlier runs too. */
  readonly objects: number;
  /** Bytes of the objects that this run has done. */
  readonly bytes: number;
  /** Objects that failed in this run. */
  readonly failed: number;
  /** Objects that this run left alone on purpose. */
  readonly skipped: number;
  /** When this run began, in ISO 8601. */
  readonly begun: string;
  /** When this was told, in ISO 8601. */
  readonly told: string;
  /** Number of the process. */
  readonly pid: number;
  /** Name of its machine; absent where it may not ask for it. */
  readonly host?: string;
}

/** Running; or ended with everything done, with objects that failed, or before everything was tried. */
export type ShardState = "running" | "done" | "failed" | "interrupted";

const STATES: readonly unknown[] = [
  "running",
  "done",
  "failed",
  "interrupted",
] satisfies readonly ShardState[];

/** After so many milliseconds without a word a process that was running counts as dead. */
export const SHARD_STALE_MS = 60_000;

/** The folder of reports below the prefix of journals. */
export const SHARD_FOLDER = "shards/";

/** The key of a report below the prefix of journals. */
export function shardKey(
  { transfer, number, count }: Pick<ShardReport, "transfer" | "number" | "count">,
): string {
  return `${SHARD_FOLDER}${transfer}/${number}-of-${count}.json`;
}

/** Reads a report. What is none, or of a later version of the format, is `undefined`. */
export function parseShardReport(text: string): ShardReport | undefined {
  let report: ShardReport;
  try {
    report = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof report !== "object" || report?.lade !== 1 || !STATES.includes(report.state)) return undefined;
  const { number, count, objects, bytes, failed, skipped, pid } = report;
  const numbers = [number, count, objects, bytes, failed, skipped, pid];
  const texts = [
    report.transfer,
    report.run,
    report.operation,
    report.destination,
    report.begun,
    report.told,
  ];
  return numbers.every((value) => Number.isSafeInteger(value) && value >= 0) && number >= 1 &&
      number <= count &&
      texts.every((value) => typeof value === "string") && !Number.isNaN(Date.parse(report.told)) &&
      Array.isArray(report.sources) && report.sources.every((source) => typeof source === "string")
    ? report
    : undefined;
}
