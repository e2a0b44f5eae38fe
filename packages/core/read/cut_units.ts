import type { ResolvedRange } from "../contract/types.ts";

/** What {@linkcode cutUnits} cuts. */
export interface UnitCut {
  /** All bytes, within the object. */
  readonly range: ResolvedRange;
  /** Bytes at the start that are being read already and stay a chunk. */
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
  for (let unit: ResolvedRange[] = [{ offset: range.offset, length: first }];; unit = []) {
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
