/** How an order is made, as a state keeps it. Orders of equal descriptions, seed and epoch are the same. */
export interface OrderDescription {
  /** Of the algorithms: another number, other orders. */
  readonly version: 1;
  /** Which algorithm. */
  readonly kind: "sequential" | "full" | "block" | "weighted" | "mixed" | "stream" | "mixedStreams";
  /** Samples of an epoch; 0 of a stream, of which nobody knows how many. */
  readonly length: number;
  /** Records side by side that are read together. */
  readonly block?: number;
  /** Blocks that are shuffled together; samples of a stream. */
  readonly window?: number;
  /** Runs of blocks, or of parts of a stream, that are read side by side. */
  readonly lanes?: number;
  /** What is mixed. */
  readonly parts?: readonly PartOrder[];
  /** A hash of the weights by which samples are drawn. */
  readonly weights?: string;
}

/** One of the data sets that a mixture draws from. */
export interface PartOrder {
  /** How many samples it has, 1 at least; 0 of a stream, of which nobody knows how many. */
  readonly length: number;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** How it is gone through each time, where the description is to say so. */
  readonly kind?: "sequential" | "full" | "block" | "stream";
  /** Records side by side that are read together. */
  readonly block?: number;
  /** Blocks of a lane that are shuffled together; samples of a stream. */
  readonly window?: number;
  /** Runs of its blocks, or of a stream's objects, where these are not those of the mixture: so many for each of its lanes. */
  readonly lanes?: number;
}

/**
 * An order of samples: which one comes at each position. It is a pure function of seed, epoch and description, whoever
 * asks, in whatever sequence.
 */
export interface Sampler {
  /** Positions. */
  readonly length: number;
  /** How it is made. */
  readonly description: OrderDescription;
  /** The sample at a position, from 0 up to before `length`; another position is a `RangeError`. */
  at(position: number): number;
}

/** Throws a `RangeError` for a position that an order of `length` has not. */
export function checkPosition(position: number, length: number): void {
  if (Number.isSafeInteger(position) && position >= 0 && position < length) return;
  throw new RangeError(`Cannot find the sample at position ${position}: there are ${length}, from 0 up`);
}

/** Throws a `RangeError` unless `value` is a whole number from `least` up. */
export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(
    `Cannot order samples with ${name} ${value}: a whole number from ${least} up is needed`,
  );
}
