import { hashText, mix } from "./hash_text.ts";

const UNIT = 4096;
const WORDS = UNIT / 4;

/**
 * Generated content of objects: the byte at an offset is a function of seed, name and offset alone. So any part of an object
 * is made, and compared, without the rest, and nothing is stored. It neither compresses nor repeats.
 */
export class ReplayContent {
  readonly #seed: number;
  readonly #words = new Uint32Array(WORDS);
  readonly #bytes = new Uint8Array(this.#words.buffer);

  /** Content of a seed, of which 32 bits count; 0 by default. */
  constructor(seed = 0) {
    this.#seed = seed;
  }

  /** Fills `target` with the bytes of the object `name` from `offset` on. */
  fill(name: string, offset: number, target: Uint8Array): void {
    for (const { at, bytes } of this.#units(name, offset, target.length)) target.set(bytes, at);
  }

  /** The place in the object of the first byte that is not its own, of those from `offset` on; `undefined` where all are. */
  firstWrong(name: string, offset: number, found: Uint8Array): number | undefined {
    for (const { at, bytes } of this.#units(name, offset, found.length)) {
      const wrong = bytes.findIndex((byte, index) => byte !== found[at + index]);
      if (wrong >= 0) return offset + at + wrong;
    }
    return undefined;
  }

  /** The bytes of so many, unit by unit: each is valid until the next. */
  *#units(name: string, offset: number, length: number): Generator<{ at: number; bytes: Uint8Array }> {
    const [low, high] = [hashText(name, this.#seed), hashText(name, ~this.#seed)];
    for (let at = 0; at < length;) {
      const unit = Math.floor((offset + at) / UNIT);
      const from = (offset + at) % UNIT;
      const count = Math.min(UNIT - from, length - at);
      this.#make(low, high, unit);
      yield { at, bytes: this.#bytes.subarray(from, from + count) };
      at += count;
    }
  }

  /** xoshiro128++ of Blackman and Vigna (https://prng.di.unimi.it), begun anew in each unit. */
  #make(low: number, high: number, unit: number): void {
    const words = this.#words;
    let s0 = mix(low ^ unit);
    let s1 = mix(high ^ Math.floor(unit / 2 ** 32));
    let s2 = mix(s0 + s1 + 0x9e3779b9);
    let s3 = mix(s1 ^ s2) | 1;
    for (let index = 0; index < WORDS; index++) {
      const sum = (s0 + s3) | 0;
      words[index] = ((sum << 7) | (sum >>> 25)) + s0;
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
  }
}
