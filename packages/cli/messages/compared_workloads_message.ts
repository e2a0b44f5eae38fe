import { formatSize, printable } from "@lade/core/text";
import type { ComparedFigure, Comparison } from "@lade/workload/run";
import { layOutTable } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";
import { formatNanos } from "./oplog_messages.ts";
import { rateText } from "./workload_messages.ts";

const NAMES = { opsPerSecond: "ops/s", bytesPerSecond: "bytes/s", p50: "p50", p99: "p99" } as const;

/** How two results of workloads differ. */
export class ComparedWorkloadsMessage implements Message {
  readonly #comparison: Comparison;
  readonly #tolerance: number;
  readonly #width: number;

  /** Shows a comparison in `width` characters; being slower by less than `tolerance` is no failure. */
  constructor(comparison: Comparison, tolerance: number, width: number) {
    this.#comparison = comparison;
    this.#tolerance = tolerance;
    this.#width = width;
  }

  /** Whether the second result is slower for certain, by more than the tolerance. */
  get isSlower(): boolean {
    return this.#comparison.figures.some((figure) => this.#isTooSlow(figure));
  }

  /** Whether the second result lacks what the first one has. */
  get isIncomplete(): boolean {
    return this.#comparison.isIncomplete;
  }

  /** Where the specs differ, and a table of figures. */
  toText(style: Style): string {
    const { differences, unmatched, figures } = this.#comparison;
    const columns = [
      ...["phase", "load", "op", "figure"].map((header) => ({ header })),
      ...["first", "second", "ratio", "95 %"].map((header) => ({ header, isNumeric: true })),
      { header: "second is" },
    ];
    const rows = figures.map((figure) => {
      const { phase, concurrency, op, metric, a, b, ratio, interval, verdict } = figure;
      return [
        phase,
        concurrency === undefined ? "-" : `×${concurrency}`,
        op,
        NAMES[metric],
        valueText(metric, a),
        valueText(metric, b),
        ratio === undefined ? "-" : ratio.toFixed(3),
        interval ? interval.map((bound) => bound.toFixed(3)).join(" – ") : "-",
        this.#isTooSlow(figure) ? `${verdict} (!)` : verdict,
      ].map(printable);
    });
    const { header, rows: lines } = layOutTable(columns, rows, this.#width);
    return [
      ...differences.map(({ path, a, b }) => printable(`specs differ in ${path}: ${a}, ${b}`)),
      ...unmatched.map(printable),
      ...(rows.length > 0 ? [style.dim(header), ...lines] : ["there is nothing to compare"]),
    ].join("\n");
  }

  /** The same, in operations or bytes a second, and nanoseconds. */
  toJson(): Json {
    const { differences, unmatched, figures } = this.#comparison;
    return {
      type: "workloadComparison",
      slower: this.isSlower,
      incomplete: this.isIncomplete,
      differences: differences.map((difference) => ({ ...difference })),
      unmatched: [...unmatched],
      figures: figures.map(({ interval, op, ...rest }) => ({
        ...rest,
        operation: op,
        ...(interval && { interval: [...interval] }),
      })),
    };
  }

  #isTooSlow({ verdict, metric, ratio = 1 }: ComparedFigure): boolean {
    if (verdict !== "slower") return false;
    const isRate = metric === "opsPerSecond" || metric === "bytesPerSecond";
    return isRate ? ratio < 1 - this.#tolerance : ratio > 1 + this.#tolerance;
  }
}

function valueText(metric: ComparedFigure["metric"], value: number | undefined): string {
  if (value === undefined) return "-";
  if (metric === "opsPerSecond") return rateText(value);
  return metric === "bytesPerSecond" ? formatSize(Math.round(value)) : formatNanos(value);
}
