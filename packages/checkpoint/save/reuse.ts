import { createHash } from "node:crypto";
import type { CheckpointRef } from "../keys/series_keys.ts";
import type { TensorTable } from "../manifest/manifest.ts";
import type { PieceBytes } from "../record/piece_bytes.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import type { StoredPiece } from "../record/rank_record.ts";
import type { PlannedPiece } from "./plan_save.ts";

/** A checkpoint that is held, so that what is saved may name its parts in place of writing them again. */
export interface Base {
  readonly ref: CheckpointRef;
  readonly table: TensorTable;
}

/** A part that is named where it lies. */
interface FoundPart {
  readonly part: PieceBytes;
  readonly object: DataObject;
}

/** Bytes that are hashed before others have their turn. */
const TURN_BYTES = 16 * 2 ** 20;

/** Takes the parts of a base that a save has too, and what they are in its record. */
export class Reuse {
  readonly #byPlace = new Map<string, FoundPart>();
  readonly #byDigest = new Map<string, FoundPart>();
  readonly #pieces: StoredPiece[] = [];
  readonly #objects = new Map<string, { readonly object: DataObject; readonly pieces: number[] }>();

  /** Of a base whose checksums are of as many bytes: of another one nothing is taken. */
  constructor(base: Base | undefined, chunkBytes: number) {
    if (!base || base.table.chunkBytes !== chunkBytes) return;
    for (const { name, dtype, shape: globalShape, pieces } of base.table.tensors) {
      for (const part of pieces) {
        const object = base.table.shards[part.shard];
        if (!object) continue;
        const { offsets, shape, sha256 } = part;
        this.#byPlace.set(placeName({ name, dtype, globalShape, offsets, shape }), { part, object });
        if (sha256 === undefined) continue;
        this.#byDigest.set(JSON.stringify([name, dtype, shape, sha256]), { part, object });
      }
    }
  }

  /** Takes a part that its owner says has not changed; `false` where the base has none there, so that it has to be written. */
  takeFrozen(piece: PlannedPiece): boolean {
    const found = piece.isFrozen ? this.#byPlace.get(placeName(piece)) : undefined;
    if (found) this.#take(piece, found);
    return found !== undefined;
  }

  /** Takes a part of the same name, shape and SHA-256. A checksum alone is never taken for it. */
  takeEqual(piece: PlannedPiece, sha256: string): boolean {
    const { name, dtype, shape } = piece;
    const found = this.#byDigest.get(JSON.stringify([name, dtype, shape, sha256]));
    if (found) this.#take(piece, found);
    return found !== undefined;
  }

  /** The objects that have what was taken, and the parts; numbers of objects go on from those before. */
  taken(before: number): { readonly shards: readonly DataObject[]; readonly pieces: readonly StoredPiece[] } {
    const pieces = [...this.#pieces];
    [...this.#objects.values()].forEach(({ pieces: own }, place) => {
      for (const at of own) {
        const piece = pieces[at];
        if (piece) pieces[at] = { ...piece, shard: before + place };
      }
    });
    return {
      shards: [...this.#objects.values()].map(({ object: { key, size } }) => ({ key, size })),
      pieces,
    };
  }

  #take({ name, dtype, globalShape, offsets, shape }: PlannedPiece, { part, object }: FoundPart): void {
    const { offset, length, sums, sha256 } = part;
    const at = this.#objects.get(object.key) ?? { object, pieces: [] };
    this.#objects.set(object.key, at);
    at.pieces.push(this.#pieces.length);
    const lies = { shard: 0, offset, length, sums, ...(sha256 !== undefined && { sha256 }) };
    this.#pieces.push({ name, dtype, globalShape, offsets, shape, ...lies });
  }
}

/** The SHA-256 of what lies in memory: 64 hexadecimal digits. It gives others their turn in between. */
export async function sha256Of(data: ArrayBufferView, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < bytes.length; at += TURN_BYTES) {
    signal.throwIfAborted();
    hash.update(bytes.subarray(at, at + TURN_BYTES));
    if (at + TURN_BYTES < bytes.length) await new Promise((resolve) => setTimeout(resolve));
  }
  return hash.digest("hex");
}

function placeName(
  { name, dtype, globalShape, offsets, shape }: Pick<
    PlannedPiece,
    "name" | "dtype" | "globalShape" | "offsets" | "shape"
  >,
): string {
  return JSON.stringify([name, dtype, globalShape, offsets, shape]);
}
