import { hashText } from "../replay/hash_text.ts";
import type { ObjectSet } from "../spec/workload_spec.ts";
import { fractionOf } from "../random/random_stream.ts";

/** So often a size out of its bounds is drawn anew. */
const MOST_TURNS = 100;

/** Sizes of the objects of a set in bytes, by their numbers; they follow from the seed. */
export function sizesOf({ name, size }: ObjectSet, seed: number): (number: number) => number {
  const own = hashText(`size ${name}`, seed);
  switch (size.kind) {
    case "fixed":
      return () => size.size;
    case "uniform":
      return (number) => size.min + Math.floor(fractionOf(own, number, 0) * (size.max - size.min + 1));
    case "lognormal":
      return (number) => {
        for (let turn = 0; turn < MOST_TURNS; turn++) {
          const drawn = Math.round(size.median * Math.exp(size.sigma * normal(own, number, turn)));
          if (drawn >= size.min && drawn <= size.max) return drawn;
        }
        return size.median;
      };
    case "buckets": {
      const sum = size.buckets.reduce((sum, { weight }) => sum + weight, 0);
      return (number) => {
        let left = fractionOf(own, number, 0) * sum;
        return (size.buckets.find(({ weight }) => (left -= weight) < 0) ?? size.buckets.at(-1))?.size ?? 0;
      };
    }
  }
}

/** A standard normal deviate, by Box and Muller. */
function normal(seed: number, number: number, turn: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - fractionOf(seed, number, 2 * turn)));
  return radius * Math.cos(2 * Math.PI * fractionOf(seed, number, 2 * turn + 1));
}
