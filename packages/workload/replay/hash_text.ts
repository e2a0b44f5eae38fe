/** A hash of 32 bits of a text: FNV-1a over its UTF-16 units, mixed so that every bit counts. Not for secrets. */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ mix(seed);
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** Mixes 32 bits, as the end of MurmurHash3 does. */
export function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
