import { randomKey } from "./keyed_random.ts";
import { type Permutation, permutation } from "./permutation.ts";
import { PURPOSE } from "./purposes.ts";
import { checkWhole } from "./sampler.ts";

/** Options of {@linkcode streamOrder}. */
export interface StreamOrderOptions {
  /** Runs of parts that are gone through side by side. */
  readonly lanes: number;
  /** Samples of a lane that are shuffled together; absent where parts and samples come as they lie. */
  readonly window?: number;
}

/** In which order the parts of a stream come, and the samples of a lane. */
export interface StreamOrder {
  /** Runs of parts. */
  readonly lanes: number;
  /** Samples of a lane that are shuffled together; 1 where they come as they lie. */
  readonly window: number;
  /** How many parts a lane has. */
  partsOf(lane: number): number;
  /** The part that comes at a place of a lane, from 0 up to before `partsOf(lane)`. */
  partAt(lane: number, place: number): number;
  /** The order of the samples of a window, of which a lane's last one may have fewer; none where they come as they lie. */
  orderIn(lane: number, window: number, length: number): Permutation | undefined;
}

/**
 * The order of `parts` parts of samples that can only be gone through: the parts are shuffled and dealt to lanes in turn,
 * and `window` samples of a lane at a time are shuffled. It is a pure function of its arguments, and knows of no ranks.
 */
export function streamOrder(
  parts: number,
  seed: number,
  epoch: number,
  { lanes, window }: StreamOrderOptions,
): StreamOrder {
  checkWhole("parts", parts, 0);
  checkWhole("lanes", lanes, 1);
  if (window !== undefined) checkWhole("window", window, 1);
  const shuffled = window === undefined
    ? undefined
    : permutation(parts, randomKey(seed, epoch, PURPOSE.stream));
  const partsOf = (lane: number) => Math.max(0, Math.ceil((parts - lane) / lanes));
  return {
    lanes,
    window: window ?? 1,
    partsOf,
    partAt(lane, place) {
      if (!(Number.isInteger(place) && place >= 0 && place < partsOf(lane))) {
        throw new RangeError(`Cannot find part ${place} of lane ${lane}: it has ${partsOf(lane)}, from 0 up`);
      }
      const dealt = lane + place * lanes;
      return shuffled ? shuffled.at(dealt) : dealt;
    },
    orderIn: (lane, index, length) =>
      window === undefined || window === 1
        ? undefined
        : permutation(length, randomKey(seed, epoch, PURPOSE.stream, lane, index)),
  };
}
