import { formatSize, printable } from "@lade/core/text";
import type { Histogram } from "@lade/workload/histogram";
import { formatInstant, type OpLogAnalysis, type OpLogGroup, type OpLogRow, uriOfRow } from "@lade/workload";
import { counted } from "../output/counted.ts";
import { layOutTable } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

const PERCENTILES = [50, 90, 99] as const;

/** One operation of an op-log. */
export class OpLogRowMessage implements Message {
  readonly #row: OpLogRow;

  /** Shows `row`. */
  constructor(row: OpLogRow) {
    this.#row = row;
  }

  /** Start, duration, operation, bytes, object, and what it failed with. */
  toText(style: Style): string {
    const { op, bytes, durationNs, error, offset, length, toFile } = this.#row;
    const range = offset === undefined ? "" : ` [${offset}+${length ?? ""}]`;
    const target = toFile === undefined ? "" : ` to ${toFile}`;
    const what = printable(`${uriOfRow(this.#row)}${range}${target}`);
    const took = formatNanos(durationNs).padStart(8);
    const failed = error === undefined ? "" : `  ${style.alarm(printable(error))}`;
    return `${startOf(this.#row)}  ${took}  ${printable(op).padEnd(6)}  ${
      String(bytes).padStart(12)
    }  ${what}${failed}`;
  }

  /** All that is known of it. */
  toJson(): Json {
    const { startSeconds: _seconds, startNanos: _nanos, endpoint: _endpoint, file: _file, ...rest } =
      this.#row;
    return { type: "recorded", start: startOf(this.#row), uri: uriOfRow(this.#row), ...rest };
  }
}

/** What op-logs come to. */
export class OpLogAnalysisMessage implements Message {
  readonly #analysis: OpLogAnalysis;
  readonly #by: string;
  readonly #width: number;

  /** Shows what rows that are grouped `by` something come to, in `width` characters. */
  constructor(analysis: OpLogAnalysis, by: string, width: number) {
    this.#analysis = analysis;
    this.#by = by;
    this.#width = width;
  }

  /** A table of operations, and how many there were in which time. */
  toText(style: Style): string {
    const { groups, ops, errors, spanNs, begun } = this.#analysis;
    const isGrouped = this.#by !== "op";
    const columns = [
      { header: "op" },
      ...(isGrouped ? [{ header: this.#by }] : []),
      ...[
        "ops",
        "errors",
        "bytes",
        "ops/s",
        "bytes/s",
        "p50",
        "p90",
        "p99",
        "max",
        "first p50",
      ].map((header) => ({ header, isNumeric: true })),
    ];
    const rows = groups.map((group) => {
      const { op, name, ops, errors, bytes, spanNs, latency, firstByte } = group;
      const perSecond = (value: number) => spanNs > 0 ? value / (spanNs / 1e9) : undefined;
      const [rate, speed] = [perSecond(ops), perSecond(bytes)];
      return [
        op,
        ...(isGrouped ? [name] : []),
        String(ops),
        String(errors),
        formatSize(bytes),
        rate === undefined ? "-" : rate < 100 ? rate.toFixed(1) : rate.toFixed(0),
        speed === undefined || bytes === 0 ? "-" : formatSize(Math.round(speed)),
        ...PERCENTILES.map((percent) => percentileText(latency, percent)),
        latency.max === undefined ? "-" : formatNanos(latency.max),
        percentileText(firstByte, 50),
      ].map(printable);
    });
    const { header, rows: lines } = layOutTable(columns, rows, this.#width);
    const failed = errors > 0 ? `, ${errors} failed` : "";
    const since = begun ? ` from ${formatInstant(begun)} on` : "";
    const sum = `${counted(ops, "operation")}${failed} in ${formatNanos(spanNs)}${since}`;
    const kinds = errorLines(groups);
    return [...(rows.length > 0 ? [style.dim(header), ...lines] : []), ...kinds, sum].join("\n");
  }

  /** The same, with all numbers in nanoseconds and bytes. */
  toJson(): Json {
    const { groups, ops, errors, spanNs, begun } = this.#analysis;
    return {
      type: "analysis",
      ...(begun && { begun: formatInstant(begun) }),
      spanNs,
      operations: ops,
      errors,
      by: this.#by,
      groups: groups.map((group) => ({
        operation: group.op,
        ...(this.#by !== "op" && { name: group.name }),
        operations: group.ops,
        errors: group.errors,
        objects: group.objects,
        bytes: group.bytes,
        spanNs: group.spanNs,
        latencyNs: summaryOf(group.latency),
        firstByteNs: summaryOf(group.firstByte),
        errorKinds: Object.fromEntries(group.errorKinds),
      })),
    };
  }
}

/** Op-logs that were sorted into a new one. */
export class SortedLogMessage implements Message {
  readonly #uri: string;
  readonly #rows: number;
  readonly #errors: number;

  /** Says that `uri` has so many rows. */
  constructor(uri: string, rows: number, errors: number) {
    this.#uri = uri;
    this.#rows = rows;
    this.#errors = errors;
  }

  /** The new log, and how much it has. */
  toText(): string {
    const failed = this.#errors > 0 ? `, ${this.#errors} failed` : "";
    return `${printable(this.#uri)}  ${counted(this.#rows, "operation")}${failed}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "sorted", destination: this.#uri, operations: this.#rows, errors: this.#errors };
  }
}

function startOf({ startSeconds, startNanos }: OpLogRow): string {
  return formatInstant({ seconds: startSeconds, nanos: startNanos });
}

/** How often each kind of error came, the most frequent first. */
function errorLines(groups: readonly OpLogGroup[]): string[] {
  return groups.flatMap(({ op, name, errorKinds }) =>
    [...errorKinds].toSorted(([, a], [, b]) => b - a).map(([kind, count]) =>
      printable(`${op}${name === "" || name === kind ? "" : ` ${name}`}: ${count} × ${kind}`)
    )
  );
}

/** A percentile for people; `-` of none. */
export function percentileText(histogram: Histogram, percent: number): string {
  const value = histogram.percentile(percent);
  return value === undefined ? "-" : formatNanos(value);
}

/** What a histogram comes to, in JSON. */
export function summaryOf(histogram: Histogram): Json {
  const { count, min, max, mean } = histogram;
  if (min === undefined || max === undefined || mean === undefined) return { count };
  const [p50, p90, p99, p999] = [50, 90, 99, 99.9].map((percent) => histogram.percentile(percent));
  return { count, min, mean: Math.round(mean), p50, p90, p99, p999, max };
}

/** Writes nanoseconds for people, with three digits: `12.3 µs`, `1.20 ms`, `3.00 s`, `125 s`. */
export function formatNanos(ns: number): string {
  for (const [unit, name] of [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]] as const) {
    if (ns >= unit * 0.9995) {
      const value = ns / unit;
      return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${name}`;
    }
  }
  return `${ns} ns`;
}
