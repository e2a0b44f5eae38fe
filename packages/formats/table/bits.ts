/** How many of the first `length` bits are set. */
export function countBits(bits: Uint8Array, length: number): number {
  const whole = length >> 3;
  const words = whole >> 2;
  let count = 0;
  if (bits.byteOffset % 4 === 0) {
    const view = new Uint32Array(bits.buffer, bits.byteOffset, words);
    for (let index = 0; index < words; index++) count += ones(view[index] ?? 0);
  } else {
    for (let at = 0; at < words * 4; at++) count += ones(bits[at] ?? 0);
  }
  for (let at = words * 4; at < whole; at++) count += ones(bits[at] ?? 0);
  const rest = length & 7;
  return rest === 0 ? count : count + ones((bits[whole] ?? 0) & ((1 << rest) - 1));
}

/** A byte of 0 or 1 for each of the first `length` bits. */
export function unpackBits(bits: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let row = 0; row < length; row++) bytes[row] = (bits[row >> 3] ?? 0) >> (row & 7) & 1;
  return bytes;
}

/** A bit for each byte that is not 0. */
export function packBits(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array((bytes.length + 7) >> 3);
  for (let row = 0; row < bytes.length; row++) {
    if (bytes[row] !== 0) bits[row >> 3] = (bits[row >> 3] ?? 0) | 1 << (row & 7);
  }
  return bits;
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
