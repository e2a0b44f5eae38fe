import type { ResolvedRange } from "../contract/types.ts";

/**
 * Cuts `total` into chunks of about `chunkSize` bytes in ascending order, such that `first`, which is already being
 * read and lies at the start or at the end of `total`, is one of them. Boundaries are multiples of `alignment`.
 */
export function planChunks(
  total: ResolvedRange,
  first: ResolvedRange,
  chunkSize: number,
  alignment: number,
): ResolvedRange[] {
  const chunks: ResolvedRange[] = [];
  const end = total.offset + total.length;
  const firstEnd = first.offset + first.length;
  if (first.offset === total.offset) {
    chunks.push(first);
    cut(chunks, firstEnd, end, chunkSize, alignment);
  } else {
    cut(chunks, total.offset, first.offset, chunkSize, alignment);
    chunks.push(first);
  }
  return chunks;
}

function cut(chunks: ResolvedRange[], from: number, to: number, size: number, alignment: number): void {
  for (let offset = from; offset < to;) {
    const next = Math.min(to, alignedEnd(offset, size, alignment));
    chunks.push({ offset, length: next - offset });
    offset = next;
  }
}

/** The last multiple of `alignment` within `size` bytes from `offset`, or all of them where there is none. */
export function alignedEnd(offset: number, size: number, alignment: number): number {
  const end = offset + size;
  const aligned = end - end % alignment;
  return aligned > offset ? aligned : end;
}
