/** The bytes from `offset` on, `length` at most, of what is read in order; nothing is read past their end. */
export async function* cutBytes(
  chunks: AsyncIterable<Uint8Array>,
  offset: number,
  length = Infinity,
): AsyncGenerator<Uint8Array> {
  let [skip, left] = [offset, length];
  for await (const chunk of chunks) {
    const piece = chunk.subarray(skip, skip + left);
    skip = Math.max(0, skip - chunk.length);
    left -= piece.length;
    if (piece.length > 0) yield piece;
    if (left <= 0) return;
  }
}
