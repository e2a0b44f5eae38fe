import { randomKey } from "./keyed_random.ts";
import { type Permutation, permutation } from "./permutation.ts";
import { PURPOSE } from "./purposes.ts";
import { checkPosition, checkWhole, type OrderDescription, type Sampler } from "./sampler.ts";

/** Options of {@linkcode blockShuffled}. */
export interface BlockShuffleOptions {
  /** Records side by side that are read together, such as a row group, or about 1 MiB of records. */
  readonly block: number;
  /** Blocks of a lane that are shuffled together. */
  readonly window: number;
  /** Runs of blocks that are gone through side by side. */
  readonly lanes: number;
}

/** Which records are shuffled together: those of a window of a lane. */
export interface ShuffleWindow {
  /** Of which run of blocks. */
  readonly lane: number;
  /** Which window of that lane, from 0. */
  readonly index: number;
  /** Its first record in the order of the blocks. */
  readonly start: number;
  /** Records. */
  readonly length: number;
}

/** An order by {@linkcode blockShuffled}, which tells too what has to be in memory. */
export interface BlockSampler extends Sampler {
  /** The window that a position is in. Positions `lanes` apart are in the same lane. */
  windowAt(position: number): ShuffleWindow;
}

/**
 * All samples, each once: blocks of records that lie side by side are shuffled over the whole data set, cut into `lanes`
 * runs, and the records of `window` blocks of a lane shuffled together. Position p is of lane p mod `lanes`, so that a
 * rank of a world that divides them reads the blocks of its own lanes alone, each once. Nothing grows with the samples.
 */
export function blockShuffled(
  length: number,
  seed: number,
  epoch: number,
  { block, window, lanes }: BlockShuffleOptions,
): BlockSampler {
  checkWhole("length", length, 0);
  checkWhole("block", block, 1);
  checkWhole("window", window, 1);
  checkWhole("lanes", lanes, 1);
  const blocks = Math.ceil(length / block);
  const order = permutation(blocks, randomKey(seed, epoch, PURPOSE.blocks));
  // The one block that may be short, and where it comes.
  const short = length - (blocks - 1) * block;
  const shortSlot = blocks === 0 ? 0 : order.placeOf(blocks - 1);
  const shortStart = shortSlot * block;

  /** The record that comes at a place of the sequence of blocks. */
  const recordAt = (place: number): number => {
    if (place < shortStart) {
      const slot = Math.floor(place / block);
      return order.at(slot) * block + place - slot * block;
    }
    if (place < shortStart + short) return (blocks - 1) * block + place - shortStart;
    const behind = place - short;
    const slot = Math.floor(behind / block);
    return order.at(slot + 1) * block + behind - slot * block;
  };

  const perLane = Math.floor(length / lanes);
  const longer = length - perLane * lanes;
  const startOf = (lane: number) => lane * perLane + Math.min(lane, longer);
  const windowSize = block * window;

  const windowAt = (position: number): ShuffleWindow => {
    checkPosition(position, length);
    const lane = position % lanes;
    const index = Math.floor(Math.floor(position / lanes) / windowSize);
    const inLane = perLane + (lane < longer ? 1 : 0);
    const from = index * windowSize;
    return { lane, index, start: startOf(lane) + from, length: Math.min(windowSize, inLane - from) };
  };

  // The last window of each lane that was asked for: positions go round the lanes.
  const latest = new Map<number, { readonly index: number; readonly order: Permutation }>();
  const orderIn = ({ lane, index, length }: ShuffleWindow): Permutation => {
    const known = latest.get(lane);
    if (known?.index === index) return known.order;
    const made = permutation(length, randomKey(seed, epoch, PURPOSE.windows, lane, index));
    latest.set(lane, { index, order: made });
    return made;
  };

  const description: OrderDescription = { version: 1, kind: "block", length, block, window, lanes };
  return {
    length,
    description,
    windowAt,
    at(position) {
      const here = windowAt(position);
      const place = Math.floor(position / lanes) - here.index * windowSize;
      return recordAt(here.start + orderIn(here).at(place));
    },
  };
}
