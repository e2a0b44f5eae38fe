import { checkPosition, checkWhole, type OrderDescription, type Sampler } from "./sampler.ts";

/** The order in which samples lie. */
export function sequential(length: number): Sampler {
  checkWhole("length", length, 0);
  const description: OrderDescription = { version: 1, kind: "sequential", length };
  const at = (position: number) => {
    checkPosition(position, length);
    return position;
  };
  return { length, description, at };
}
