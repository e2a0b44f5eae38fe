import type { BudgetLease, Slab, StoreContext } from "@lade/core";
import type { PlannedPiece } from "./plan_save.ts";

/** Bytes of a slab that small parts share. */
const SHARED_BYTES = 4 * 2 ** 20;

/** Files of which some were copied, so that the caller may change its memory. */
export interface Snapshot {
  /** The files, those that were copied with their copies. */
  readonly files: readonly (readonly PlannedPiece[])[];
  /** The numbers of those that are written from the caller's own memory. */
  readonly uncopied: ReadonlySet<number>;
  /** Gives back what a file's copies take. */
  release(file: number): void;
  /** Gives back everything. */
  releaseAll(): void;
}

/**
 * Copies what is to be saved, file by file, as far as `maxBytes` and the byte budget have room: the last ones first, since those
 * are written last. What functions give is not copied.
 */
export function takeSnapshot(
  { budget, buffers }: StoreContext,
  files: readonly (readonly PlannedPiece[])[],
  maxBytes: number,
): Snapshot {
  const held = new Map<number, { readonly slabs: readonly Slab[]; readonly lease: BudgetLease }>();
  const copied = [...files];
  const uncopied = new Set<number>();
  let room = maxBytes;
  for (let file = files.length - 1; file >= 0; file--) {
    const pieces = files[file] ?? [];
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const isCopied = bytes <= room && pieces.every(({ data }) => ArrayBuffer.isView(data));
    const lease = isCopied ? budget.tryAcquire(bytes) : undefined;
    if (!lease) {
      uncopied.add(file);
      continue;
    }
    room -= bytes;
    const slabs: Slab[] = [];
    // Small parts share slabs: each slab is a mapping of its own, of which a process has some 65,000.
    let shared = new Uint8Array(0);
    let left = bytes;
    copied[file] = pieces.map((piece) => {
      if (!ArrayBuffer.isView(piece.data)) return piece;
      if (shared.length < piece.bytes) {
        const slab = buffers.lease(Math.max(1, piece.bytes, Math.min(SHARED_BYTES, left)));
        slabs.push(slab);
        shared = slab.bytes;
      }
      const data = shared.subarray(0, piece.bytes);
      const { buffer, byteOffset, byteLength } = piece.data;
      data.set(new Uint8Array(buffer, byteOffset, byteLength));
      shared = shared.subarray(piece.bytes);
      left -= piece.bytes;
      return { ...piece, data };
    });
    held.set(file, { slabs, lease });
  }
  const release = (file: number) => {
    const of = held.get(file);
    held.delete(file);
    for (const slab of of?.slabs ?? []) slab.release();
    of?.lease.release();
  };
  return {
    files: copied,
    uncopied,
    release,
    releaseAll: () => {
      for (const file of [...held.keys()]) release(file);
    },
  };
}
