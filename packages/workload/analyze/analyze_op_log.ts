import { Histogram } from "../histogram/histogram.ts";
import { type OpLogRow, uriOfRow } from "../rows/op_log_row.ts";
import { type Instant, instantAfter, nanosFrom } from "../rows/time_text.ts";

/** What the rows of a log are grouped by, each with its operation. */
export type AnalyzeBy = "op" | "client" | "thread" | "server" | "size" | "prefix" | "error";

/** How a log is analyzed. */
export interface AnalyzeOptions {
  /** What rows are grouped by besides their operations; nothing (`"op"`) by default. */
  readonly by?: AnalyzeBy;
  /** Takes only these rows; all by default. */
  readonly filter?: (row: OpLogRow) => boolean;
}

/** Rows of one operation, and of one group of that. */
export interface OpLogGroup {
  /** The operation. */
  readonly op: string;
  /** The group; empty where rows are grouped by operations alone. */
  readonly name: string;
  /** Rows, failed ones too. */
  readonly ops: number;
  /** Rows that failed. */
  readonly errors: number;
  /** Objects, or entries of listings. */
  readonly objects: number;
  /** Bytes that came or went. */
  readonly bytes: number;
  /** Nanoseconds from the first start to the last end. */
  readonly spanNs: number;
  /** Nanoseconds from start to end, of those that did not fail. */
  readonly latency: Histogram;
  /** Nanoseconds from start to the first byte, where it is known. */
  readonly firstByte: Histogram;
  /** How many failed by each kind of error: what stands before its first colon. */
  readonly errorKinds: ReadonlyMap<string, number>;
}

/** What a log comes to. */
export interface OpLogAnalysis {
  /** The first start; absent where there are no rows. */
  readonly begun?: Instant;
  /** Nanoseconds from the first start to the last end. */
  readonly spanNs: number;
  /** Rows. */
  readonly ops: number;
  /** Rows that failed. */
  readonly errors: number;
  /** The groups, by operation and name. */
  readonly groups: readonly OpLogGroup[];
}

/** More groups are one error, and no table that anybody reads. */
const MOST_GROUPS = 10_000;
/** The first sizes of groups of sizes, in bytes. */
const SIZES = [0, 1, 2 ** 12, 2 ** 16, 2 ** 20, 2 ** 24, 2 ** 28, 2 ** 32];
const SIZE_NAMES = [
  "0",
  "< 4 KiB",
  "< 64 KiB",
  "< 1 MiB",
  "< 16 MiB",
  "< 256 MiB",
  "< 4 GiB",
  "4 GiB and more",
];

class Group {
  ops = 0;
  errors = 0;
  objects = 0;
  bytes = 0;
  readonly latency = new Histogram();
  readonly firstByte = new Histogram();
  readonly errorKinds = new Map<string, number>();
  begun: Instant | undefined;
  ended: Instant | undefined;

  constructor(readonly op: string, readonly name: string) {}

  take(row: OpLogRow, start: Instant, end: Instant): void {
    this.ops++;
    this.objects += row.objects;
    this.bytes += row.bytes;
    this.span(start, end);
    if (row.error === undefined) this.latency.record(row.durationNs);
    else {
      this.errors++;
      const kind = kindOf(row.error);
      this.errorKinds.set(kind, (this.errorKinds.get(kind) ?? 0) + 1);
    }
    if (row.firstByteNs !== undefined && row.firstByteNs >= 0) this.firstByte.record(row.firstByteNs);
  }

  span(start: Instant, end: Instant): void {
    if (!this.begun || nanosFrom(start, this.begun) > 0) this.begun = start;
    if (!this.ended || nanosFrom(this.ended, end) > 0) this.ended = end;
  }

  get spanNs(): number {
    return this.begun && this.ended ? nanosFrom(this.begun, this.ended) : 0;
  }
}

/**
 * Sums up a log in one pass, whatever the order of its rows, in memory of the groups alone. More than 10,000 groups are a
 * `RangeError`.
 */
export async function analyzeOpLog(
  rows: AsyncIterable<OpLogRow> | Iterable<OpLogRow>,
  { by = "op", filter = () => true }: AnalyzeOptions = {},
): Promise<OpLogAnalysis> {
  const groups = new Map<string, Group>();
  const all = new Group("", "");
  for await (const row of rows) {
    if (!filter(row)) continue;
    const start = { seconds: row.startSeconds, nanos: row.startNanos };
    const end = instantAfter(start, row.durationNs);
    const name = nameOf(row, by);
    const key = `${row.op}\0${name}`;
    let group = groups.get(key);
    if (!group) {
      if (groups.size >= MOST_GROUPS) {
        throw new RangeError(`Cannot group by ${by}: there are more than ${MOST_GROUPS}`);
      }
      groups.set(key, group = new Group(row.op, name));
    }
    group.take(row, start, end);
    all.ops++;
    if (row.error !== undefined) all.errors++;
    all.span(start, end);
  }
  const { begun, spanNs, ops, errors } = all;
  return { ...(begun && { begun }), spanNs, ops, errors, groups: sorted([...groups.values()], by) };
}

function sorted(groups: readonly Group[], by: AnalyzeBy): readonly Group[] {
  const rank = ({ name }: Group) => by === "size" ? SIZE_NAMES.indexOf(name) : 0;
  return groups.toSorted((a, b) =>
    compare(a.op, b.op) || rank(a) - rank(b) || a.name.localeCompare(b.name, "en", { numeric: true })
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nameOf(row: OpLogRow, by: AnalyzeBy): string {
  switch (by) {
    case "op":
      return "";
    case "client":
      return row.clientId;
    case "thread":
      return row.thread;
    case "server":
      return row.server ?? row.endpoint;
    case "size":
      return SIZE_NAMES[Math.max(0, SIZES.findLastIndex((least) => row.bytes >= least))] ?? "";
    case "prefix": {
      const uri = uriOfRow(row);
      return uri.slice(0, uri.lastIndexOf("/") + 1);
    }
    case "error":
      return row.error === undefined ? "" : kindOf(row.error);
  }
}

/** What stands before the first colon. */
function kindOf(error: string): string {
  return (error.split(":")[0] ?? "").trim().slice(0, 60);
}
