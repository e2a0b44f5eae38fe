import type { TensorInfo } from "../record/tensor_info.ts";
import type { Box } from "../boxes/box.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import type { CheckpointRef } from "../keys/series_keys.ts";
import type { DataObject } from "../record/rank_record.ts";

/** A part of a tensor in a manifest. */
export interface ManifestPiece extends Box {
  /** Which of the objects has it. */
  readonly shard: number;
  /** Its first byte in there. */
  readonly offset: number;
  /** Its bytes. */
  readonly length: number;
  /** CRC-32C of each `chunkBytes` of it, big-endian. */
  readonly sums: Uint8Array<ArrayBuffer>;
  /** SHA-256 of its bytes, where later checkpoints are to find it by that: 64 hexadecimal digits. */
  readonly sha256?: string;
}

/** A tensor, and the parts that make it up. */
export interface TensorEntry extends TensorInfo {
  readonly pieces: readonly ManifestPiece[];
}

/** All tensors, by name, and the objects that hold them. */
export interface TensorTable {
  /** Bytes that one checksum is of. */
  readonly chunkBytes: number;
  /** The objects of data, by key, those of extras too. */
  readonly shards: readonly DataObject[];
  readonly tensors: readonly TensorEntry[];
}

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
