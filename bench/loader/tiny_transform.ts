/** Looks at a few bytes of a small sample, and gives a number. */
export function quick(sample: Uint8Array): number {
  return sample.length + (sample[0] ?? 0);
}

/** Goes over a small sample's bytes a hundred times. */
export function slow(sample: Uint8Array): number {
  let hash = 0;
  for (let round = 0; round < 100; round++) {
    for (const byte of sample) hash = Math.imul(hash ^ byte, 0x01000193) + round;
  }
  return hash;
}
