import { blockShuffled } from "./block_shuffled.ts";
import type { OrderDescription, Sampler } from "./sampler.ts";
import { sequential } from "./sequential.ts";
import { shuffled } from "./shuffled.ts";

/** Which of the orders of a description is meant. */
export interface OrderGround {
  /** Decides all that is random. */
  readonly seed: number;
  /** Which time through the samples, from 0. */
  readonly epoch: number;
}

/** The order that a description names, such as that of a loader's configuration or state. */
export function samplerOf(order: OrderDescription, { seed, epoch }: OrderGround): Sampler {
  const { kind, length, block = 1, window = 1, lanes = 1 } = order;
  switch (kind) {
    case "sequential":
      return sequential(length);
    case "full":
      return shuffled(length, seed, epoch);
    case "block":
      return blockShuffled(length, seed, epoch, { block, window, lanes });
    default:
      throw new TypeError(`Cannot make an order of kind ${JSON.stringify(kind)} of its description alone`);
  }
}
