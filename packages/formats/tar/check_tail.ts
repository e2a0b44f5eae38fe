import { tarFault } from "./tar_fault.ts";
import { BLOCK } from "./tar_member.ts";

/** Checks that nothing but whole blocks of zeros follows the end of an archive, which is at `position`. */
export async function checkTail(
  rest: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  position: number,
  uri: string,
): Promise<void> {
  let end = position;
  for await (const piece of rest) {
    const at = piece.findIndex((byte) => byte !== 0);
    if (at >= 0) throw tarFault({ uri, offset: end + at }, "something follows the end of the archive");
    end += piece.length;
  }
  const over = end % BLOCK;
  if (over !== 0) throw tarFault({ uri, offset: end }, `it ends ${over} bytes into a block`);
}
