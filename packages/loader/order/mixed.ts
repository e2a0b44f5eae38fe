import { randomKey } from "./keyed_random.ts";
import { permutation } from "./permutation.ts";
import { PURPOSE } from "./purposes.ts";
import { checkPosition, checkWhole, type OrderDescription, type Sampler } from "./sampler.ts";

/** One of the data sets that {@linkcode mixed} draws from. */
export interface MixedPart {
  /** How many samples it has; 1 at least. */
  readonly length: number;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
}

/** An order over several data sets. Samples are numbered through all of them, those of the first one first. */
export interface MixedSampler extends Sampler {
  /** Which data set a position draws from, and the how-manieth draw from it this is. */
  drawAt(position: number): { readonly part: number; readonly draw: number };
}

/** Positions that each bring every data set as often as its weight says, to a sample. */
const ROUND = 4096;

/**
 * Draws `count` samples of several data sets, each as often as its weight says: exactly so in each 4,096 positions, in
 * shuffled turns. A data set is gone through in the order that `orderOf` gives for its first, second, … time, as often as
 * the draws reach. A weight below 1/4,096 of all is a `RangeError`.
 */
export function mixed(
  parts: readonly MixedPart[],
  seed: number,
  epoch: number,
  count: number,
  orderOf: (part: number, time: number) => Sampler,
): MixedSampler {
  checkWhole("count", count, 0);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  for (const { length, weight } of parts) {
    checkWhole("the length of a part", length, 1);
    if (!(weight * ROUND >= total && Number.isFinite(total))) {
      throw new RangeError(
        `Cannot mix by weight ${weight}: 1/${ROUND} of all weights (${total}) is the least`,
      );
    }
  }
  // Behind which share of all draws those of each part end.
  let sum = 0;
  const ends = parts.map(({ weight }) => (sum += weight) / total);
  const starts = parts.map((_, part) => parts.slice(0, part).reduce((sum, { length }) => sum + length, 0));
  /** Draws from the first `part` parts in the first `rounds` rounds. */
  const drawsBefore = (part: number, rounds: number) =>
    part === 0
      ? 0
      : part === parts.length
      ? rounds * ROUND
      : Math.round(rounds * ROUND * (ends[part - 1] ?? 0));

  /** A round: whose each position is, and the how-manieth of the round from that part. */
  const roundOf = (round: number) => {
    const owners = new Uint16Array(ROUND);
    let at = 0;
    parts.forEach((_, part) => {
      const draws = drawsBefore(part + 1, round + 1) - drawsBefore(part, round + 1) -
        (drawsBefore(part + 1, round) - drawsBefore(part, round));
      owners.fill(part, at, at += draws);
    });
    const order = permutation(ROUND, randomKey(seed, epoch, PURPOSE.mixed, round));
    const turns = new Uint16Array(ROUND), ranks = new Uint16Array(ROUND);
    const seen = new Uint32Array(parts.length);
    for (let position = 0; position < ROUND; position++) {
      const owner = owners[order.at(position)] ?? 0;
      turns[position] = owner;
      ranks[position] = seen[owner] ?? 0;
      seen[owner] = (seen[owner] ?? 0) + 1;
    }
    return { round, turns, ranks };
  };
  let latest: ReturnType<typeof roundOf> | undefined;
  const orders = new Map<number, { readonly time: number; readonly order: Sampler }>();

  const drawAt = (position: number) => {
    checkPosition(position, count);
    const round = Math.floor(position / ROUND);
    if (latest?.round !== round) latest = roundOf(round);
    const place = position - round * ROUND;
    const part = latest.turns[place] ?? 0;
    const before = drawsBefore(part + 1, round) - drawsBefore(part, round);
    return { part, draw: before + (latest.ranks[place] ?? 0) };
  };
  const description: OrderDescription = {
    version: 1,
    kind: "mixed",
    length: count,
    parts: parts.map(({ length, weight }) => ({ length, weight })),
  };
  return {
    length: count,
    description,
    drawAt,
    at(position) {
      const { part, draw } = drawAt(position);
      const length = parts[part]?.length ?? 1;
      const time = Math.floor(draw / length);
      let known = orders.get(part);
      if (known?.time !== time) orders.set(part, known = { time, order: orderOf(part, time) });
      return (starts[part] ?? 0) + known.order.at(draw - time * length);
    },
  };
}
