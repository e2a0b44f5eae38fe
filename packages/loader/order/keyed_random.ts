/**
 * Random numbers that are a pure function of a key: of a seed, an epoch, and what they are for. What these functions give
 * is part of every order there is, and is held by golden values: a change of it is a new version of all orders.
 *
 * @module
 */

/** A key of 128 bits. */
export type RandomKey = readonly [number, number, number, number];

const GOLDEN = 0x9e3779b9;

/** Mixes 32 bits so that each bit of the result depends on each of `x`. */
export function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/**
 * Makes a key of whole numbers (from -2^53 to 2^53), all of which matter, as does their order and how many they are. Another
 * number is a `RangeError`.
 */
export function randomKey(...parts: readonly number[]): RandomKey {
  let a = 0x243f6a88, b = 0x85a308d3, c = 0x13198a2e, d = 0x03707344;
  const absorb = (word: number) => {
    a = mix32(a ^ word);
    b = mix32(b + Math.imul(word, GOLDEN) ^ a);
    c = mix32(c ^ b + word);
    d = mix32(d + (c ^ Math.imul(a, 0x85ebca6b)));
    a = mix32(a + d);
  };
  for (const part of parts) {
    if (!Number.isSafeInteger(part)) {
      throw new RangeError(`Cannot make a random key of ${part}: a whole number is needed`);
    }
    absorb(part | 0);
    absorb(Math.floor(part / 2 ** 32) | 0);
  }
  absorb(parts.length);
  return [a, b, c, d];
}

/** The number at `index` (from 0 to 2^53) of the sequence that a key names: 32 random bits. */
export function randomBits([a, b, c, d]: RandomKey, index: number): number {
  const low = index >>> 0;
  const high = Math.floor(index / 2 ** 32) >>> 0;
  const x = mix32((low ^ a) + Math.imul(high, GOLDEN) | 0);
  const y = mix32((x ^ b) + high + c | 0);
  return mix32(x + y ^ d ^ low);
}

/** The number at `index` of the sequence of a key: at least 0, below 1, with 53 random bits. */
export function randomUnit(key: RandomKey, index: number): number {
  const high = randomBits(key, index * 2) >>> 5;
  const low = randomBits(key, index * 2 + 1) >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** The sequence of a key from its start on, one number at each call, at least 0 and below 1. */
export function randomSequence(key: RandomKey): () => number {
  let index = 0;
  return () => randomUnit(key, index++);
}
