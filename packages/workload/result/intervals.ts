import type { Histogram } from "../histogram/histogram.ts";
import { RandomStream } from "../random/random_stream.ts";
import type { OpResult, PhaseResult } from "./workload_result.ts";

/** A value, and between which bounds it lies by 95 %; bounds are absent where there is too little to tell. */
export interface Estimate {
  /** The value. */
  readonly value: number;
  /** The lower bound. */
  readonly low?: number;
  /** The upper bound. */
  readonly high?: number;
}

const RESAMPLES = 1000;
const LEAST_SECONDS = 8;
/** Of a normal distribution, 95 % lie within so many standard deviations. */
const DEVIATIONS = 1.96;

/** The percentile of nearest rank, and bounds by ranks; `undefined` where fewer values are above it than one. */
export function estimatePercentile(histogram: Histogram, percent: number): Estimate | undefined {
  const { count } = histogram;
  if (count === 0 || count * (1 - percent / 100) < 1 - 1e-9) return undefined;
  const value = histogram.percentile(percent) ?? 0;
  const rank = count * percent / 100;
  const away = DEVIATIONS * Math.sqrt(rank * (1 - percent / 100));
  const [low, high] = [Math.floor(rank - away), Math.ceil(rank + away)];
  if (low < 1 || high > count) return { value };
  const at = (rank: number) => histogram.percentile(rank / count * 100) ?? value;
  return { value, low: at(low), high: at(high) };
}

/** How many times as fast `b` is as `a`, and bounds by a bootstrap of blocks of seconds, which depend on each other. */
export function estimateRatio(a: readonly number[], b: readonly number[]): Omit<Estimate, "value"> {
  if (Math.min(a.length, b.length) < LEAST_SECONDS) return {};
  const random = new RandomStream(0, "bootstrap");
  const ratios = Array.from({ length: RESAMPLES }, () => resample(b, random) / resample(a, random))
    .toSorted((x, y) => x - y);
  const [low, high] = [ratios[Math.floor(0.025 * RESAMPLES)], ratios[Math.ceil(0.975 * RESAMPLES) - 1]];
  return low !== undefined && high !== undefined && low >= 0 && Number.isFinite(high) ? { low, high } : {};
}

/** The mean of blocks that are drawn at random. */
function resample(values: readonly number[], random: RandomStream): number {
  const block = Math.max(1, Math.round(Math.cbrt(values.length)));
  let sum = 0;
  for (let taken = 0; taken < values.length; taken += block) {
    const from = random.below(values.length);
    for (let at = 0; at < Math.min(block, values.length - taken); at++) {
      sum += values[(from + at) % values.length] ?? 0;
    }
  }
  return sum / values.length;
}

/** What each whole second of a phase came to while its load was full. */
export function secondsOf(
  { steadyMs }: PhaseResult,
  { series }: OpResult,
  of: "ops" | "bytes",
): number[] {
  const values = new Array<number>(Math.floor(steadyMs / 1000)).fill(0);
  for (const second of series) if (second.t < values.length) values[second.t] = second[of];
  return values;
}
