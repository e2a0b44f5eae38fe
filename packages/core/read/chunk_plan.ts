import type { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import type { ReadHints } from "../contract/read_hints.ts";
import type { ResolvedRange } from "../contract/types.ts";
import type { ReadOptions } from "./read_options.ts";

/** Chunks that are left for each one in flight, at least, so that all end at about the same time. */
const ROUNDS_LEFT = 2;

/**
 * How many bytes the next chunk of a read should have, given those that are left. Chunks grow up to the store's preferred
 * size once the concurrency is known, while enough are left to keep all requests busy.
 */
export function chunkSizes(
  hints: ReadHints,
  limit: Pick<AdaptiveLimit, "current" | "climbing">,
  { chunkSize = "auto", concurrency = "auto" }: Pick<ReadOptions, "chunkSize" | "concurrency">,
): (left: number) => number {
  if (chunkSize !== "auto") return () => chunkSize;
  const { chunkSize: usual, largestChunkSize: largest = usual } = hints;
  return (left) => {
    if (concurrency === "auto" && limit.climbing) return usual;
    const share = left / (ROUNDS_LEFT * (concurrency === "auto" ? limit.current : concurrency));
    return Math.max(usual, Math.min(largest, share - share % usual));
  };
}

/** So many chunks at least are poured of an object, so that all requests are busy to the end. */
const POURED_CHUNKS = 16;
/** The same where a chunk that is not finished is lost with the process: what is in flight is a fraction of the whole. */
const RESUMABLE_CHUNKS = 32;

/**
 * Bytes of a chunk that is poured, of an object of `size` bytes: as many as the store gives at most where there are enough
 * of them, since they take no memory. The fewer the requests, the less time they take here and at the service.
 */
export function fillSize(
  { chunkSize: usual, largestChunkSize: largest = usual }: ReadHints,
  { chunkSize = "auto" }: Pick<ReadOptions, "chunkSize">,
  size: number,
  resumable = false,
): number {
  if (chunkSize !== "auto") return chunkSize;
  const share = size / (resumable ? RESUMABLE_CHUNKS : POURED_CHUNKS);
  return Math.max(usual, Math.min(largest, share - share % usual));
}

/** What {@linkcode cutUnits} cuts. */
export interface UnitCut {
  /** All bytes, within the object. */
  readonly range: ResolvedRange;
  /** Bytes at the start that are being read already and stay a chunk; none where nothing is. */
  readonly first: number;
  /** Bytes between the boundaries at which units begin and end, counted from the start of the object. */
  readonly partSize: number;
  /** Bytes of the next chunk, given those that are left; asked whenever a unit is begun. */
  readonly chunkSize: (left: number) => number;
}

/**
 * Cuts bytes into units, one whenever the next is asked for. A unit is one chunk that holds whole parts, or one part
 * that takes several chunks; its chunks are read one after the other.
 */
export function* cutUnits(
  { range, first, partSize, chunkSize }: UnitCut,
): Generator<readonly ResolvedRange[], void, void> {
  const last = range.offset + range.length;
  let offset = range.offset + first;
  let end = Math.min(last, Math.ceil(offset / partSize) * partSize);
  const isBegun = first > 0 || range.length === 0;
  for (let unit: ResolvedRange[] = isBegun ? [{ offset: range.offset, length: first }] : [];; unit = []) {
    const size = chunkSize(last - offset);
    if (unit.length === 0) end = Math.min(last, end + Math.max(partSize, size - size % partSize));
    while (offset < end) {
      const length = Math.min(size, end - offset);
      unit.push({ offset, length });
      offset += length;
    }
    if (unit.length > 0) yield unit;
    if (offset >= last) return;
  }
}

/**
 * Cuts what lies before `last`, the end of `total`, into chunks of about `chunkSize` bytes, ascending, `last` among them.
 * Boundaries are multiples of `alignment`.
 */
export function chunksUpTo(
  last: ResolvedRange,
  total: ResolvedRange,
  chunkSize: number,
  alignment: number,
): ResolvedRange[] {
  const chunks: ResolvedRange[] = [];
  for (let offset = total.offset; offset < last.offset;) {
    const next = Math.min(last.offset, alignedEnd(offset, chunkSize, alignment));
    chunks.push({ offset, length: next - offset });
    offset = next;
  }
  return [...chunks, last];
}

/** The last multiple of `alignment` within `size` bytes from `offset`, or all of them where there is none. */
export function alignedEnd(offset: number, size: number, alignment: number): number {
  const end = offset + size;
  const aligned = end - end % alignment;
  return aligned > offset ? aligned : end;
}
