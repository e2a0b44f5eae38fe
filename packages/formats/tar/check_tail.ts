import type { InOrderBytes } from "./in_order_bytes.ts";
import { tarFault } from "./tar_fault.ts";
import { BLOCK } from "./tar_member.ts";

/** Checks that nothing but whole blocks of zeros follows the end of an archive. */
export async function checkTail(rest: InOrderBytes, uri: string): Promise<void> {
  for (let piece = await rest.some(2 ** 20); piece; piece = await rest.some(2 ** 20)) {
    const at = piece.findIndex((byte) => byte !== 0);
    if (at < 0) continue;
    const offset = rest.position - piece.length + at;
    throw tarFault({ uri, offset }, "something follows the end of the archive");
  }
  const over = rest.position % BLOCK;
  if (over !== 0) throw tarFault({ uri, offset: rest.position }, `it ends ${over} bytes into a block`);
}
