import { randomKey } from "./keyed_random.ts";
import { permutation } from "./permutation.ts";
import { PURPOSE } from "./purposes.ts";
import { checkPosition, checkWhole, type OrderDescription, type Sampler } from "./sampler.ts";

/** All samples, each once, in an order of which nothing is more likely than another; memory does not grow with them. */
export function shuffled(length: number, seed: number, epoch: number): Sampler {
  checkWhole("length", length, 0);
  const order = permutation(length, randomKey(seed, epoch, PURPOSE.full));
  const description: OrderDescription = { version: 1, kind: "full", length };
  const at = (position: number) => {
    checkPosition(position, length);
    return order.at(position);
  };
  return { length, description, at };
}
