import type { ResolvedRange } from "../contract/types.ts";

/** Chunks that are read one after the other, and together make up whole parts. */
export interface Unit {
  /** Index of the first chunk. */
  readonly from: number;
  /** Index behind the last chunk. */
  readonly to: number;
}

/** How an object is read that is written in parts. */
export interface UnitPlan {
  /** Every chunk, ascending. */
  readonly chunks: readonly ResolvedRange[];
  /** Every unit, ascending. */
  readonly units: readonly Unit[];
}

/**
 * Cuts an object of `size` bytes so that every unit begins and ends where parts do: a chunk of `chunkSize` bytes or a
 * little less that holds whole parts, or a part that takes several chunks. The first `first` bytes are being read
 * already and stay a chunk.
 */
export function planUnits(size: number, first: number, chunkSize: number, partSize: number): UnitPlan {
  const chunks: ResolvedRange[] = [{ offset: 0, length: first }];
  const units: Unit[] = [];
  const step = Math.max(partSize, chunkSize - chunkSize % partSize);
  let end = Math.min(size, Math.ceil(first / partSize) * partSize);
  for (let offset = first; units.length === 0 || offset < size;) {
    const from = units.length === 0 ? 0 : chunks.length;
    while (offset < end) {
      const length = Math.min(chunkSize, end - offset);
      chunks.push({ offset, length });
      offset += length;
    }
    units.push({ from, to: chunks.length });
    end = Math.min(size, end + step);
  }
  return { chunks, units };
}
