/** Goes over a sample's bytes again and again, as decoding an image would, and gives the few that come of it. */
export function busy(sample: Uint8Array): Uint8Array {
  let hash = 0;
  for (let round = 0; round < 8; round++) {
    for (const byte of sample) hash = Math.imul(hash ^ byte, 0x01000193) + round;
  }
  return Uint8Array.of(hash, hash >>> 8, hash >>> 16, hash >>> 24);
}
