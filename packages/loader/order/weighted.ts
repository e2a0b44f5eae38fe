import { crc32c } from "@lade/core";
import { randomKey, randomUnit } from "./keyed_random.ts";
import { PURPOSE } from "./purposes.ts";
import { checkPosition, checkWhole, type OrderDescription, type Sampler } from "./sampler.ts";

/** Weights as they are drawn by: 12 bytes of memory for each sample. */
export interface WeightTable {
  /** Samples. */
  readonly length: number;
  /** How many weights there are, and a hash of them. */
  readonly hash: string;
  /** The sample that two random numbers draw, each at least 0 and below 1. */
  draw(one: number, other: number): number;
}

/**
 * Makes the table that samples are drawn by, in time that grows with them, once for all epochs. Weights that are negative, not
 * finite or all 0 are a `RangeError`.
 */
export function weightTable(weights: ArrayLike<number>): WeightTable {
  const { share, alias, hash } = aliasTable(weights);
  return {
    length: share.length,
    hash,
    draw(one, other) {
      const place = Math.floor(one * share.length);
      return other < (share[place] ?? 0) ? place : alias[place] ?? 0;
    },
  };
}

/**
 * Draws `count` samples with replacement, each as often as its weight is of all weights. A table is made of weights that are
 * none ({@linkcode weightTable}).
 */
export function weighted(
  weights: ArrayLike<number> | WeightTable,
  seed: number,
  epoch: number,
  count: number,
): Sampler {
  checkWhole("count", count, 0);
  const table = "draw" in weights ? weights : weightTable(weights);
  const key = randomKey(seed, epoch, PURPOSE.weighted);
  const description: OrderDescription = { version: 1, kind: "weighted", length: count, weights: table.hash };
  return {
    length: count,
    description,
    at(position) {
      checkPosition(position, count);
      return table.draw(randomUnit(key, position * 2), randomUnit(key, position * 2 + 1));
    },
  };
}

/** For each place the share that is its own, and whose the rest is (Vose's alias method). */
function aliasTable(weights: ArrayLike<number>): { share: Float64Array; alias: Uint32Array; hash: string } {
  const share = Float64Array.from(weights);
  const { length } = share;
  const hash = `${length} ${crc32c(new Uint8Array(share.buffer)).toString(16)}`;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const weight = share[i] ?? 0;
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new RangeError(`Cannot draw by weight ${weight} (of sample ${i})`);
    }
    sum += weight;
  }
  if (!(sum > 0 && Number.isFinite(sum))) throw new RangeError(`Cannot draw by weights that come to ${sum}`);
  // Those with less than their place holds are stacked from the start on, those with more from the end.
  const stack = new Uint32Array(length);
  let small = 0, large = length;
  for (let place = 0; place < length; place++) {
    const value = share[place] = (share[place] ?? 0) * length / sum;
    if (value < 1) stack[small++] = place;
    else stack[--large] = place;
  }
  const alias = Uint32Array.from({ length }, (_, place) => place);
  while (small > 0 && large < length) {
    const less = stack[--small] ?? 0, more = stack[large] ?? 0;
    alias[less] = more;
    share[more] = (share[more] ?? 0) + (share[less] ?? 0) - 1;
    if ((share[more] ?? 0) < 1) {
      large++;
      stack[small++] = more;
    }
  }
  // What rounding left over is whole; a weight of 0 never is.
  for (const place of stack.subarray(large)) share[place] = 1;
  for (const place of stack.subarray(0, small)) if ((weights[place] ?? 0) > 0) share[place] = 1;
  return { share, alias, hash };
}
