import { optionWords } from "@lade/core/backend";
import { blockShuffled } from "./block_shuffled.ts";
import { mixtureEpoch } from "./mixture_epoch.ts";
import type { OrderDescription, Sampler } from "./sampler.ts";
import { sequential } from "./sequential.ts";
import { shuffled } from "./shuffled.ts";
import { weighted, type WeightTable } from "./weighted.ts";

/** Which of the orders of a description is meant. */
export interface OrderGround {
  /** Decides all that is random. */
  readonly seed: number;
  /** Which time through the samples, from 0. */
  readonly epoch: number;
  /** What samples are drawn by, of which the description has the hash alone. */
  readonly weights?: WeightTable | undefined;
}

/** The order that a description names, such as that of a loader's configuration or state. */
export function samplerOf(order: OrderDescription, { seed, epoch, weights }: OrderGround): Sampler {
  const { kind, length, block = 1, window = 1, lanes = 1 } = order;
  switch (kind) {
    case "sequential":
      return sequential(length);
    case "full":
      return shuffled(length, seed, epoch);
    case "block":
      return blockShuffled(length, seed, epoch, { block, window, lanes });
    case "mixed":
      return mixtureEpoch(order, { seed, epoch });
    case "weighted":
      if (!weights || weights.hash !== order.weights) {
        throw new TypeError("Cannot make an order of weights by other weights than those that it is of");
      }
      return weighted(weights, seed, epoch, length);
    case "stream":
    case "mixedStreams":
      throw new TypeError("Cannot say which sample of a stream comes where: it can only be gone through");
    default:
      throw new TypeError(`Cannot make an order of kind ${optionWords(kind)}: there is none`);
  }
}
