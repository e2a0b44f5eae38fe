import { hashText, mix } from "../replay/hash_text.ts";

const GOLDEN = 0x9e3779b9;

/** A number in [0, 1) that follows from a seed and two numbers, with 53 bits. */
export function fractionOf(seed: number, number: number, turn: number): number {
  const low = mix(mix(seed ^ number) + Math.imul(turn + 1, GOLDEN));
  const high = mix(low ^ mix(Math.floor(number / 2 ** 32) + seed + GOLDEN));
  return ((low >>> 5) * 2 ** 26 + (high >>> 6)) / 2 ** 53;
}

/** Random numbers that follow from a seed and a name. Not for secrets. */
export class RandomStream {
  readonly #seed: number;
  #drawn = 0;

  constructor(seed: number, name: string) {
    this.#seed = hashText(name, seed);
  }

  /** The next number in [0, 1). */
  next(): number {
    return fractionOf(this.#seed, this.#drawn++, 0);
  }

  /** The next whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
}
