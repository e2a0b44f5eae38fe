import { randomKey } from "./keyed_random.ts";
import { permutation } from "./permutation.ts";
import { PURPOSE } from "./purposes.ts";
import { checkPosition, checkWhole, type OrderDescription, type PartOrder, type Sampler } from "./sampler.ts";

/** An order over several data sets. Samples are numbered through all of them, those of the first one first. */
export interface MixedSampler extends Sampler {
  /** Which data set a position draws from, and the how-manieth draw from it, in the position's lane, this is. */
  drawAt(position: number): { readonly part: number; readonly draw: number };
  /** How often each data set is drawn before a position. */
  drawsBefore(position: number): number[];
}

/** Positions that each bring every data set as often as its weight says, to a sample. */
export const ROUND = 4096;

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
  checkWhole("lanes", lanes, 1);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  for (const { length, weight } of parts) {
    checkWhole("the length of a part", length, 1);
    if (weight * ROUND >= total && Number.isFinite(total)) continue;
    throw new RangeError(
      `Cannot mix by weight ${weight}: 1/${ROUND} of all weights (${total}) is the least`,
    );
  }
  const turns = new Turns(
    parts,
    lanes,
    (round, lane) =>
      lanes === 1
        ? randomKey(seed, epoch, PURPOSE.mixed, round)
        : randomKey(seed, epoch, PURPOSE.mixed, round, lane),
  );
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
class LatestOrders {
  readonly #orders = new Map<number, Sampler>();

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

interface Round {
  readonly number: number;
  /** Whose each position is. */
  readonly owners: Uint16Array;
  /** The how-manieth of the round from that part. */
  readonly ranks: Uint16Array;
}

/** Whose turn is when: in rounds of each lane, in which each part has as many turns as its weight says. */
class Turns {
  readonly #lanes: number;
  readonly #keyOf: (round: number, lane: number) => ReturnType<typeof randomKey>;
  /** Behind which share of all draws those of each part end. */
  readonly #ends: readonly number[];
  /** The latest of each lane: positions go round the lanes. */
  readonly #rounds = new Map<number, Round>();

  constructor(
    parts: readonly PartOrder[],
    lanes: number,
    keyOf: (round: number, lane: number) => ReturnType<typeof randomKey>,
  ) {
    this.#lanes = lanes;
    this.#keyOf = keyOf;
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    let sum = 0;
    this.#ends = parts.map(({ weight }) => (sum += weight) / total);
  }

  drawAt(position: number): { part: number; draw: number } {
    const lane = position % this.#lanes;
    const inLane = Math.floor(position / this.#lanes);
    const number = Math.floor(inLane / ROUND);
    const { owners, ranks } = this.#round(number, lane);
    const place = inLane - number * ROUND;
    const part = owners[place] ?? 0;
    return { part, draw: this.#drawsOf(part, number) + (ranks[place] ?? 0) };
  }

  drawsBefore(position: number): number[] {
    const draws = this.#ends.map(() => 0);
    for (let lane = 0; lane < Math.min(this.#lanes, position); lane++) {
      const inLane = Math.ceil((position - lane) / this.#lanes);
      const number = Math.floor(inLane / ROUND);
      const count = (part: number, more: number) => {
        draws[part] = (draws[part] ?? 0) + more;
      };
      draws.forEach((_, part) => count(part, this.#drawsOf(part, number)));
      const rest = inLane - number * ROUND;
      if (rest > 0) { for (const part of this.#round(number, lane).owners.subarray(0, rest)) count(part, 1); }
    }
    return draws;
  }

  /** Draws from a part in the first `rounds` rounds of a lane. */
  #drawsOf(part: number, rounds: number): number {
    return this.#drawsOfFirst(part + 1, rounds) - this.#drawsOfFirst(part, rounds);
  }

  /** Draws from the first `parts` parts in the first `rounds` rounds of a lane. */
  #drawsOfFirst(parts: number, rounds: number): number {
    if (parts === 0) return 0;
    if (parts === this.#ends.length) return rounds * ROUND;
    return Math.round(rounds * ROUND * (this.#ends[parts - 1] ?? 0));
  }

  #round(number: number, lane: number): Round {
    const known = this.#rounds.get(lane);
    if (known?.number === number) return known;
    const inTurn = new Uint16Array(ROUND);
    let at = 0;
    this.#ends.forEach((_, part) => {
      inTurn.fill(part, at, at += this.#drawsOf(part, number + 1) - this.#drawsOf(part, number));
    });
    const order = permutation(ROUND, this.#keyOf(number, lane));
    const owners = new Uint16Array(ROUND), ranks = new Uint16Array(ROUND);
    const seen = new Uint32Array(this.#ends.length);
    for (let position = 0; position < ROUND; position++) {
      const owner = inTurn[order.at(position)] ?? 0;
      owners[position] = owner;
      ranks[position] = seen[owner] ?? 0;
      seen[owner] = (seen[owner] ?? 0) + 1;
    }
    const made = { number, owners, ranks };
    this.#rounds.set(lane, made);
    return made;
  }
}
