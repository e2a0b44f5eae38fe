import { type RandomKey, randomKey } from "./keyed_random.ts";
import { permutation } from "./permutation.ts";
import { PURPOSE } from "./purposes.ts";
import { checkWhole, type PartOrder } from "./sampler.ts";

/** Positions that each bring every data set as often as its weight says, to a sample. */
export const ROUND = 4096;

interface Round {
  readonly number: number;
  /** Whose each position is. */
  readonly owners: Uint16Array;
  /** The how-manieth of the round from that part. */
  readonly ranks: Uint16Array;
}

/** Whose turn is when: in rounds of each lane, in which each part has as many turns as its weight says. */
export class Turns {
  readonly #lanes: number;
  readonly #seed: number;
  readonly #epoch: number;
  /** Behind which share of all draws those of each part end. */
  readonly #ends: readonly number[];
  /** The latest of each lane: positions go round the lanes. */
  readonly #rounds = new Map<number, Round>();

  /** A weight below 1/4,096 of all is a `RangeError`. */
  constructor(parts: readonly Pick<PartOrder, "weight">[], lanes: number, seed: number, epoch: number) {
    checkWhole("lanes", lanes, 1);
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    for (const { weight } of parts) {
      if (weight * ROUND >= total && Number.isFinite(total)) continue;
      throw new RangeError(
        `Cannot mix by weight ${weight}: 1/${ROUND} of all weights (${total}) is the least`,
      );
    }
    this.#lanes = lanes;
    this.#seed = seed;
    this.#epoch = epoch;
    let sum = 0;
    this.#ends = parts.map(({ weight }) => (sum += weight) / total);
  }

  /** Whose turn a position is, and the how-manieth of it in the position's lane. */
  drawAt(position: number): { part: number; draw: number } {
    const lane = position % this.#lanes;
    const inLane = Math.floor(position / this.#lanes);
    const number = Math.floor(inLane / ROUND);
    const { owners, ranks } = this.#round(number, lane);
    const place = inLane - number * ROUND;
    const part = owners[place] ?? 0;
    return { part, draw: this.#drawsOf(part, number) + (ranks[place] ?? 0) };
  }

  /** How many turns each has before a position. */
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
    const order = permutation(ROUND, this.#key(number, lane));
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

  #key(round: number, lane: number): RandomKey {
    const own = this.#lanes === 1 ? [round] : [round, lane];
    return randomKey(this.#seed, this.#epoch, PURPOSE.mixed, ...own);
  }
}
