import { BLOCK } from "./tar_member.ts";

const [START, END, SPACES] = [148, 156, 8 * 0x20];

/** The sum of a header's bytes, with spaces where the sum itself stands. */
export function tarChecksum(block: Uint8Array): number {
  let sum = SPACES;
  for (let at = 0; at < START; at++) sum += block[at] ?? 0;
  for (let at = END; at < BLOCK; at++) sum += block[at] ?? 0;
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
