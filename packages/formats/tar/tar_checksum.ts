import { BLOCK } from "./tar_member.ts";

const [START, END, SPACES] = [148, 156, 8 * 0x20];
const TWO_BYTES = 0x00ff00ff;

/** The sum of a header's bytes, with spaces where the sum itself stands. */
export function tarChecksum(block: Uint8Array): number {
  let sum = SPACES;
  for (let at = START; at < END; at++) sum -= block[at] ?? 0;
  if (block.byteOffset % 4 !== 0 || block.length < BLOCK) return sum + plainSum(block);
  // Two bytes at a time in each half of a number: 128 times 255 fit 16 bits.
  const words = new Int32Array(block.buffer, block.byteOffset, BLOCK / 4);
  let [even, odd] = [0, 0];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0;
    even += word & TWO_BYTES;
    odd += (word >>> 8) & TWO_BYTES;
  }
  return sum + (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16);
}

function plainSum(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += block[at] ?? 0;
  return sum;
}

/** The same sum over signed bytes, as some writers made it. */
export function signedTarChecksum(block: Uint8Array): number {
  let sum = SPACES;
  for (let at = 0; at < BLOCK; at++) {
    if (at < START || at >= END) sum += ((block[at] ?? 0) << 24) >> 24;
  }
  return sum;
}
