import type { TensorInfo } from "../record/tensor_info.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import type { CheckpointRef } from "../keys/series_keys.ts";
import type { PieceBytes, PieceGround } from "../record/piece_bytes.ts";

/** A tensor, and the parts that make it up. */
export interface TensorEntry extends TensorInfo {
  readonly pieces: readonly PieceBytes[];
}

/** All tensors, by name, and the objects that hold them. */
export interface TensorTable extends PieceGround {
  readonly tensors: readonly TensorEntry[];
}

/** Bytes of the JSON of a table, at most: a text in memory has hardly more. */
export const MOST_TABLE_BYTES = 500_000_000;

/** Where a table lies that is too large for its manifest. */
export interface TableRef {
  readonly key: string;
  /** Bytes of its JSON, before it was compressed. */
  readonly size: number;
  /** CRC-32C of that JSON: eight hexadecimal digits. */
  readonly crc32c: string;
}

/** A record that a manifest was made from. */
export interface RecordRef {
  readonly rank: number;
  readonly key: string;
  readonly size: number;
  /** CRC-32C of all its bytes: eight hexadecimal digits. */
  readonly crc32c: string;
}

/** Something besides tensors that a rank kept. */
export type RankExtra =
  & { readonly rank: number }
  & (
    | { readonly json: JsonValue }
    | { readonly key: string; readonly size: number; readonly crc32c: string; readonly isJson: boolean }
  );

/** What a checkpoint is: a pure function of the records of its ranks. Where it can be read, the checkpoint is there. */
export interface Manifest extends CheckpointRef {
  readonly run: string;
  readonly worldSize: number;
  /** The latest time that the records have: milliseconds since 1970. */
  readonly createdAt: number;
  /** Bytes of all tensors. */
  readonly bytes: number;
  /** How many tensors it has. */
  readonly tensorCount: number;
  /** Those that it was made from; none where the only rank's record is in the manifest itself. */
  readonly records: readonly RecordRef[];
  /** By name, those of the lowest rank first. */
  readonly extras: Readonly<Record<string, readonly RankExtra[]>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** The tensors, or where their table lies. */
  readonly table: TensorTable | TableRef;
}

/** Whether a manifest has its table in itself. */
export function hasTable(manifest: Manifest): manifest is Manifest & { readonly table: TensorTable } {
  return "tensors" in manifest.table;
}
