import { checkPosition, checkWhole, type OrderDescription, type PartOrder, type Sampler } from "./sampler.ts";
import { Turns } from "./turns.ts";

/** An order over several data sets. Samples are numbered through all of them, those of the first one first. */
export interface MixedSampler extends Sampler {
  /** Which data set a position draws from, and the how-manieth draw from it, in the position's lane, this is. */
  drawAt(position: number): { readonly part: number; readonly draw: number };
  /** How often each data set is drawn before a position. */
  drawsBefore(position: number): number[];
}

/**
 * Draws `count` samples of several data sets, each as often as its weight says: exactly so in each 4,096 positions, in
 * shuffled turns. A data set is gone through in the order that `orderOf` gives for its first, second, … time, as often as
 * the draws reach. With several `lanes`, position p is of lane p mod `lanes`; each has turns of its own, in which the weights
 * are kept, and takes every so-manieth sample of each data set. A weight below 1/4,096 of all is a `RangeError`.
 */
export function mixed(
  parts: readonly PartOrder[],
  seed: number,
  epoch: number,
  count: number,
  orderOf: (part: number, time: number) => Sampler,
  lanes = 1,
): MixedSampler {
  checkWhole("count", count, 0);
  for (const { length } of parts) checkWhole("the length of a part", length, 1);
  const turns = new Turns(parts, lanes, seed, epoch);
  const starts = parts.map((_, part) => parts.slice(0, part).reduce((sum, { length }) => sum + length, 0));
  const orders = parts.map(() => new LatestOrders());
  const drawAt = (position: number) => {
    checkPosition(position, count);
    return turns.drawAt(position);
  };
  const description: OrderDescription = {
    version: 1,
    kind: "mixed",
    length: count,
    ...(lanes > 1 && { lanes }),
    parts: parts.map((part) => ({ ...part })),
  };
  return {
    length: count,
    description,
    drawAt,
    drawsBefore(position) {
      if (position !== count) checkPosition(position, count);
      return turns.drawsBefore(position);
    },
    at(position) {
      const { part, draw } = drawAt(position);
      const { length = 1 } = parts[part] ?? {};
      // Those of a lane are as far apart as lanes are many, so that all of one time are of one lane of an order, too.
      const drawn = draw * lanes + position % lanes;
      const time = Math.floor(drawn / length);
      const order = orders[part]?.of(time, () => orderOf(part, time));
      return (starts[part] ?? 0) + (order?.at(drawn - time * length) ?? 0);
    },
  };
}

/** The orders of a data set that are in use: lanes may be at two times of it. */
export class LatestOrders {
  readonly #orders = new Map<number, Sampler>();

  /** The order of a time, made where it is not known. */
  of(time: number, make: () => Sampler): Sampler {
    const known = this.#orders.get(time);
    if (known) return known;
    const made = make();
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > 1 && oldest !== undefined) this.#orders.delete(oldest);
    this.#orders.set(time, made);
    return made;
  }
}
