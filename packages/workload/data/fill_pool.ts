import { MixedWords } from "./mixed_words.ts";

/** Fills words with what a seed decides, by xoshiro128++ of Blackman and Vigna (https://prng.di.unimi.it). */
export function fillPool(pool: Uint32Array, seed: number): void {
  let { v0: s0, v1: s1, v2: s2, v3: s3 } = new MixedWords().mixNumber(seed);
  for (let index = 0; index < pool.length; index++) {
    const sum = s0 + s3 | 0;
    pool[index] = (sum << 7 | sum >>> 25) + s0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = s3 << 11 | s3 >>> 21;
  }
}
