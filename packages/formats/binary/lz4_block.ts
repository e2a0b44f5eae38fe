const SHORTEST_MATCH = 4;

/**
 * Decodes an LZ4 block into `content` from `filled` on, up to before `most` at the latest, and gives where it ends. Matches
 * reach back to `oldest`. What does not fit is the error that `wrong` makes.
 */
export function decodeLz4Block(
  block: Uint8Array,
  content: Uint8Array,
  filled: number,
  most: number,
  oldest: number,
  wrong: (detail: string) => Error,
): number {
  const end = block.length;
  let [at, to] = [0, filled];
  while (at < end) {
    const token = block[at++] ?? 0;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < end) literals += more = block[at++] ?? 0;
    }
    if (at + literals > end || to + literals > most) throw wrong(`has ${literals} literals that do not fit`);
    if (literals <= 16) {
      for (let index = 0; index < literals; index++) content[to + index] = block[at + index] ?? 0;
    } else content.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence of a block has literals alone.
    if (at === end) return to;
    if (at + 2 > end) throw wrong("has a block that is cut");
    const distance = (block[at] ?? 0) | (block[at + 1] ?? 0) << 8;
    at += 2;
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255 && at < end) length += more = block[at++] ?? 0;
    }
    length += SHORTEST_MATCH;
    const from = to - distance;
    if (distance === 0 || from < oldest || to + length > most) {
      throw wrong(`has a match of ${length} bytes, ${distance} back, that does not fit`);
    }
    if (distance >= length && length > 32) content.copyWithin(to, from, from + length);
    else for (let index = 0; index < length; index++) content[to + index] = content[from + index] ?? 0;
    to += length;
  }
  throw wrong("has a block that ends in a match");
}
