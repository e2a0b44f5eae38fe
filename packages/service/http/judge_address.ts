import type { AvoidanceCause, EndpointAddress } from "./endpoint_address.ts";
import type { GeometricMean } from "./geometric_mean.ts";

// A run of failures this unlikely by the others' share of them is no chance.
const CHANCE = 0.001;
const LEAST_SHARE = 0.1;
// Fewer samples say nothing of how slow an address is.
const FEWEST_SAMPLES = 8;
// Four times as slow as the others is avoided, if one would notice; from half as slow again on it gets less.
const SLOW_RATIO = 4;
const LESS_RATIO = 1.5;
const NOTICED_MS = 20;
const LESS_NOTICED_MS = 5;
const LEAST_WEIGHT = 1 / 16;

/**
 * Why `address` is to be avoided, by what was seen of the `others`; `undefined` where it does as well as they, or where
 * there are none. What befalls all of them, such as a service that throttles, speaks against none.
 */
export function judgeAddress(
  address: EndpointAddress,
  others: readonly EndpointAddress[],
): AvoidanceCause | undefined {
  if (others.length === 0) return undefined;
  const share = Math.max(LEAST_SHARE, lowerMedian(others.map(({ failureShare }) => failureShare)));
  if (share ** address.failuresInRow < CHANCE * 1.000001) return "failing";
  const { latencyMs, latencyRatio, rateRatio } = compare(address, others);
  const late = latencyRatio >= SLOW_RATIO && latencyMs >= NOTICED_MS;
  return late || rateRatio >= SLOW_RATIO ? "slow" : undefined;
}

/**
 * What `address` is to have of new connections, where one that does as well as the `others` has 1: a multiple of 1/1,024, so
 * that turns add up.
 */
export function weighAddress(address: EndpointAddress, others: readonly EndpointAddress[]): number {
  if (others.length === 0) return 1;
  const { latencyMs, latencyRatio, rateRatio } = compare(address, others);
  const late = latencyRatio > LESS_RATIO && latencyMs >= LESS_NOTICED_MS ? latencyRatio : 1;
  const slow = rateRatio > LESS_RATIO ? rateRatio : 1;
  const more = address.failureShare - lowerMedian(others.map(({ failureShare }) => failureShare));
  const failing = more > LEAST_SHARE ? 1 - more : 1;
  return Math.max(LEAST_WEIGHT, Math.round(failing / Math.max(late, slow) * 1_024) / 1_024);
}

/** How many times slower `address` is than the others, to answer and to send. */
function compare(address: EndpointAddress, others: readonly EndpointAddress[]) {
  const latency = typical(others, (other) => other.latency);
  const rate = typical(others, (other) => other.rate);
  const measured = (mean: GeometricMean, by: number | undefined): by is number =>
    by !== undefined && mean.samples >= FEWEST_SAMPLES;
  const late = measured(address.latency, latency);
  return {
    latencyRatio: late ? address.latency.value / latency : 1,
    latencyMs: late ? address.latency.value - latency : 0,
    rateRatio: measured(address.rate, rate) ? rate / address.rate.value : 1,
  };
}

function typical(
  others: readonly EndpointAddress[],
  meanOf: (address: EndpointAddress) => GeometricMean,
): number | undefined {
  const known = others.map(meanOf).filter(({ samples }) => samples >= FEWEST_SAMPLES);
  return known.length === 0 ? undefined : lowerMedian(known.map(({ value }) => value));
}

function lowerMedian(values: number[]): number {
  return values.sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;
}
