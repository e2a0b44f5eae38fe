import { blockShuffled } from "./block_shuffled.ts";
import { randomKey, randomUnit } from "./keyed_random.ts";
import { mixed, type MixedSampler } from "./mixed.ts";
import { PURPOSE } from "./purposes.ts";
import { checkPosition, type OrderDescription, type PartOrder, type Sampler } from "./sampler.ts";
import { sequential } from "./sequential.ts";
import { shuffled } from "./shuffled.ts";

/** One epoch of a mixture. */
export interface MixtureEpoch extends MixedSampler {
  /** How often each data set is drawn in this epoch. */
  draws(): number[];
}

/**
 * An epoch of the mixture that a description is of. Draws go on through all epochs: each begins in each data set where the
 * one before ended, so that no sample is drawn again before all others of its data set were, in whichever epoch.
 */
export function mixtureEpoch(
  order: OrderDescription,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): MixtureEpoch {
  const { length, parts = [], lanes = 1 } = order;
  const first = epoch * length;
  const seeds = parts.map((_, part) => seedOf(seed, part));
  const orderOf = (part: number, time: number) =>
    orderOfPart(parts[part] ?? { length: 0, weight: 0 }, { seed: seeds[part] ?? 0, time, lanes });
  const all = mixed(parts, seed, 0, first + length, orderOf, lanes);
  const inAll = (position: number) => {
    checkPosition(position, length);
    return first + position;
  };
  const before = all.drawsBefore(first);
  const drawsBefore = (position: number) =>
    all.drawsBefore(first + position).map((draws, part) => draws - (before[part] ?? 0));
  return {
    length,
    description: order,
    at: (position) => all.at(inAll(position)),
    drawAt: (position) => all.drawAt(inAll(position)),
    drawsBefore: (position) => drawsBefore(position === length ? length : inAll(position) - first),
    draws: () => drawsBefore(length),
  };
}

/** A data set's own seed, so that two of as many samples are not shuffled alike. */
export function seedOf(seed: number, part: number): number {
  return randomUnit(randomKey(seed, PURPOSE.part, part), 0) * 2 ** 53;
}

/** The order of a data set in one time through it. */
export function orderOfPart(
  { length, kind, block = 1, window = 1 }: PartOrder,
  { seed, time, lanes }: { readonly seed: number; readonly time: number; readonly lanes: number },
): Sampler {
  if (kind === "full") return shuffled(length, seed, time);
  if (kind === "block") return blockShuffled(length, seed, time, { block, window, lanes });
  return sequential(length);
}
