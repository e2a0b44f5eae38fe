import { formatSize, redactSecrets } from "@lade/core/text";
import type { LoaderStats } from "@lade/loader";
import { counted } from "../output/counted.ts";
import { formatDuration } from "../output/format_duration.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** One epoch that was gone through. */
export interface LoadedEpoch {
  /** What was loaded. */
  readonly uri: string;
  /** Which epoch, from 0. */
  readonly epoch: number;
  /** How long it took. */
  readonly tookMs: number;
  /** From the end of its first step on. */
  readonly measuredMs: number;
  /** Spent in emulated steps, the first not counted. */
  readonly computeMs: number;
  /** Samples of these steps. */
  readonly measuredSamples: number;
  /** What the loader did in it. */
  readonly stats: LoaderStats;
}

/** Columns of a row: those that a narrow terminal has no room for are left out, the last first. */
const COLUMNS = [
  ["epoch", 5],
  ["samples/s", 9],
  ["bytes/s", 12],
  ["AU %", 6],
  ["first", 7],
  ["waited", 7],
  ["limited by", 10],
  ["p50 ms", 7],
  ["p95 ms", 7],
  ["p99 ms", 7],
  ["read", 9],
  ["steps", 7],
  ["skipped", 7],
  ["time", 7],
] as const;

const GAP = 2;

/** Characters of a line where nobody looks at a terminal. */
const WIDE = 200;

/** How many columns fit. */
function shownColumns(width: number): number {
  let room = width + GAP;
  const shown = COLUMNS.findIndex(([, wide]) => (room -= wide + GAP) < 0);
  return shown < 0 ? COLUMNS.length : Math.max(2, shown);
}

/** A row of cells, by the columns there is room for. */
function rowOf(cells: readonly string[], width: number): string {
  return COLUMNS.slice(0, shownColumns(width))
    .map(([name, wide], place) =>
      name === "limited by" ? (cells[place] ?? "").padEnd(wide) : (cells[place] ?? "").padStart(wide)
    ).join(" ".repeat(GAP)).trimEnd();
}

/** The share of time that was spent in steps, without the first: `undefined` where no step takes time, or there is one alone. */
export function utilization(
  { computeMs, measuredMs }: Pick<LoadedEpoch, "computeMs" | "measuredMs">,
): number | undefined {
  return computeMs > 0 ? computeMs / measuredMs : undefined;
}

/** What an epoch came to, as a row of a table. */
export class LoaderEpochMessage implements Message {
  readonly #epoch: LoadedEpoch;
  readonly #width: number;
  readonly #isFirst: boolean;

  /** Shows `epoch` in lines of `width` characters; the first one has the table's header above it. */
  constructor(
    epoch: LoadedEpoch,
    { width = WIDE, isFirst = true }: { readonly width?: number | undefined; readonly isFirst?: boolean } =
      {},
  ) {
    this.#epoch = epoch;
    this.#width = width;
    this.#isFirst = isFirst;
  }

  /** Rates, waits and what limited, of this epoch alone. */
  toText(style: Style): string {
    const { epoch, tookMs, stats } = this.#epoch;
    const { steps, skipped, bytesRead, firstBatchMs, waitMs, limit, readLatencyMs: { p50, p95, p99 } } =
      stats;
    const { samples, bytes } = ratesOf(this.#epoch);
    const row = rowOf([
      `${epoch}`,
      ...rateCells(samples, bytes, utilization(this.#epoch)),
      formatDuration(firstBatchMs),
      formatDuration(waitMs),
      limit === "consumer" ? "the steps" : limit,
      ...[p50, p95, p99].map(formatMs),
      formatSize(bytesRead),
      `${steps}`,
      `${skipped}`,
      formatDuration(tookMs),
    ], this.#width);
    if (!this.#isFirst) return row;
    return `${style.dim(rowOf(COLUMNS.map(([name]) => name), this.#width))}\n${row}`;
  }

  /** All of it, in milliseconds and bytes. */
  toJson(): Json {
    const { uri, epoch, tookMs, stats } = this.#epoch;
    const au = utilization(this.#epoch);
    const { steps, samples, skipped, bytes, bytesRead, reads, waitMs, busyMs, busyShare } = stats;
    return {
      type: "epoch",
      uri: redactSecrets(uri),
      ...{ epoch, tookMs, steps, samples, skipped, bytes, bytesRead, reads, waitMs, busyMs },
      ...(!Number.isNaN(busyShare) && { busyShare }),
      ...(au !== undefined && { au }),
      firstBatchMs: stats.firstBatchMs,
      readLatencyMs: { ...stats.readLatencyMs },
      limit: stats.limit,
    };
  }
}

/** What all epochs came to. */
export class LoaderRunMessage implements Message {
  readonly #epochs: readonly LoadedEpoch[];
  readonly #width: number;
  readonly #wanted: number | undefined;

  /** Shows what `epochs` came to together; `wanted` is the utilization that was asked for, in percent. */
  constructor(
    epochs: readonly LoadedEpoch[],
    { width = WIDE, wanted }: { readonly width?: number | undefined; readonly wanted?: number | undefined } =
      {},
  ) {
    this.#epochs = epochs;
    this.#width = width;
    this.#wanted = wanted;
  }

  /** Whether the utilization that was asked for was reached, where one was. */
  get isMet(): boolean | undefined {
    const { mean } = spread(this.#utilizations());
    return this.#wanted === undefined ? undefined : mean * 100 >= this.#wanted;
  }

  /** The mean and the least of several epochs, and what the columns count. */
  toText(style: Style): string {
    const epochs = this.#epochs;
    const rates = epochs.map(ratesOf);
    const [samples, bytes] = [
      spread(rates.map(({ samples }) => samples)),
      spread(rates.map(({ bytes }) => bytes)),
    ];
    const au = spread(this.#utilizations());
    const rows = epochs.length < 2 ? [] : [
      rowOf(["mean", ...rateCells(samples.mean, bytes.mean, au.mean)], this.#width),
      rowOf(["least", ...rateCells(samples.least, bytes.least, au.least)], this.#width),
    ];
    const sum = (of: (stats: LoaderStats) => number) =>
      epochs.reduce((total, { stats }) => total + of(stats), 0);
    const [given, read] = [sum(({ bytes }) => bytes), sum(({ bytesRead }) => bytesRead)];
    const skipped = sum(({ skipped }) => skipped);
    const hidden = COLUMNS.length - shownColumns(this.#width);
    const met = this.isMet;
    const notes = [
      `${formatSize(given)} of samples, for which ${formatSize(read)} were read`,
      ...(skipped > 0
        ? [`${counted(skipped, "sample")} could not be had, and ${skipped === 1 ? "was" : "were"} skipped`]
        : []),
      ...(Number.isNaN(au.mean) ? [] : ["AU is the share of time in steps, without each epoch's first"]),
      ...(met === undefined ? [] : [
        `AU is ${(au.mean * 100).toFixed(1)} %, ${
          met ? "at least" : "below"
        } the ${this.#wanted} % asked for`,
      ]),
      ...(hidden > 0 ? [`${counted(hidden, "column")} more in a wider terminal`] : []),
    ];
    return [...rows, ...notes.map((note) => style.dim(note))].join("\n");
  }

  /** The metrics of DLIO's `summary.json`, by its names and in its units: percent, and MB of 2^20 bytes. */
  toJson(): Json {
    const epochs = this.#epochs;
    const au = epochs.map((epoch) => (utilization(epoch) ?? 0) * 100);
    const samples = epochs.map(({ measuredSamples, measuredMs }) =>
      measuredMs > 0 ? measuredSamples * 1000 / measuredMs : 0
    );
    const sampleBytes = epochs.reduce((sum, { stats }) => sum + stats.bytes, 0) /
      Math.max(1, epochs.reduce((sum, { stats }) => sum + stats.samples, 0));
    const [share, rate] = [spread(au), spread(samples)];
    const isMet = this.isMet;
    return {
      type: "run",
      uri: redactSecrets(epochs[0]?.uri ?? ""),
      epochs: epochs.length,
      skipped: epochs.reduce((sum, { stats }) => sum + stats.skipped, 0),
      metric: {
        train_au_percentage: au,
        train_au_mean_percentage: share.mean,
        ...(isMet !== undefined && { train_au_meet_expectation: isMet ? "success" : "fail" }),
        train_au_stdev_percentage: share.deviation,
        train_throughput_samples_per_second: samples,
        train_throughput_mean_samples_per_second: rate.mean,
        train_throughput_stdev_samples_per_second: rate.deviation,
        train_io_mean_MB_per_second: rate.mean * sampleBytes / 2 ** 20,
        train_io_stdev_MB_per_second: rate.deviation * sampleBytes / 2 ** 20,
      },
    };
  }

  #utilizations(): number[] {
    return this.#epochs.map((epoch) => utilization(epoch) ?? NaN);
  }
}

/** Samples and bytes of a second, over the whole epoch. */
function ratesOf({ tookMs, stats: { samples, bytes } }: LoadedEpoch): { samples: number; bytes: number } {
  const perSecond = (count: number) => tookMs > 0 ? count * 1000 / tookMs : 0;
  return { samples: perSecond(samples), bytes: perSecond(bytes) };
}

function rateCells(samples: number, bytes: number, au: number | undefined): string[] {
  const share = au === undefined || Number.isNaN(au) ? "-" : (au * 100).toFixed(1);
  return [samples.toFixed(samples < 99.95 ? 1 : 0), `${formatSize(bytes)}/s`, share];
}

/** Milliseconds with three digits that count. */
function formatMs(ms: number): string {
  return ms.toFixed(ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0);
}

/** The mean, the least and the deviation of all values, as NumPy has them. */
function spread(values: readonly number[]): { mean: number; least: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    least: Math.min(...values),
    deviation: Math.sqrt(squares / Math.max(1, values.length)),
  };
}
