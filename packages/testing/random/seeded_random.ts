const MASK_64 = (1n << 64n) - 1n;

/**
 * Makes a repeatable source of numbers in [0, 1): xoshiro128** 1.1, its state filled by splitmix64 from `seed`, and
 * 53 bits of two outputs in each number. Both generators are those of Blackman and Vigna
 * (https://prng.di.unimi.it). Not for secrets.
 */
export function seededRandom(seed: number): () => number {
  const fill = splitmix64(BigInt(Math.trunc(seed)));
  const [a, b] = [fill(), fill()];
  const next = xoshiro128([
    Number(a & 0xffffffffn),
    Number(a >> 32n),
    Number(b & 0xffffffffn),
    Number(b >> 32n),
  ]);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** The splitmix64 generator: 64-bit outputs. */
export function splitmix64(seed: bigint): () => bigint {
  let state = seed & MASK_64;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK_64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return z ^ (z >> 31n);
  };
}

/** The xoshiro128** generator: 32-bit outputs, from a state that is not all zero. */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [s0, s1, s2, s3] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotate(s3, 11);
    return result;
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
