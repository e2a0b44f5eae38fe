import { type DType, elementsOf } from "@lade/formats/array";
import { JsonFields } from "../json/json_fields.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import { openSealed, sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, GENERATIONS, RANKS, STEPS } from "../keys/series_keys.ts";
import {
  dtypeOf,
  type PieceBytes,
  pieceBytesJson,
  pieceBytesOf,
  type PieceGround,
  pieceGroundJson,
  pieceGroundOf,
} from "./piece_bytes.ts";

/** A part of a tensor that a rank has written, or names where it lies. */
export interface StoredPiece extends PieceBytes {
  /** Of which tensor. */
  readonly name: string;
  readonly dtype: DType;
  /** The shape of the whole tensor. */
  readonly globalShape: readonly number[];
}

/** Something that is kept besides tensors: as JSON, or as bytes in an object of their own. */
export type StoredExtra =
  | { readonly json: JsonValue }
  | { readonly shard: number; readonly crc32c: string; readonly isJson: boolean };

/** What a rank wrote for a checkpoint: its part of the truth, from which alone the manifest is made. */
export interface RankRecord extends CheckpointRef, PieceGround {
  /** Of which run. */
  readonly run: string;
  readonly rank: number;
  readonly worldSize: number;
  /** When it was written, by the clock of its rank: milliseconds since 1970. */
  readonly createdAt: number;
  /** The checkpoint whose parts it names in place of writing them again. */
  readonly base?: CheckpointRef;
  readonly pieces: readonly StoredPiece[];
  readonly extras: Readonly<Record<string, StoredExtra>>;
  /** Numbers by which checkpoints are chosen. */
  readonly metrics: Readonly<Record<string, number>>;
}

const FORMAT = "lade-checkpoint-record";

/** The bytes of a record; equal ones have equal bytes. */
export function writeRecord(record: RankRecord): Uint8Array<ArrayBuffer> {
  return sealJson({ format: FORMAT, version: 1, ...recordJson(record) });
}

/** Reads a record. What is no record, or says what cannot be, is a `FormatError` that names `uri`. */
export function readRecord(bytes: Uint8Array, uri: string): RankRecord {
  const fields = new JsonFields(openSealed(bytes, uri), uri);
  fields.oneOf("format", [FORMAT]);
  if (fields.whole("version") !== 1) {
    throw fields.fault("version", "is one that this version of Lade does not read");
  }
  return recordOf(fields);
}

/** A record as a field of JSON. */
export function recordJson(record: RankRecord): { readonly [name: string]: JsonValue } {
  const { generation, step, run, rank, worldSize, createdAt, metrics, base } = record;
  return {
    generation,
    step,
    run,
    rank,
    worldSize,
    createdAt,
    ...(base && { base: { generation: base.generation, step: base.step } }),
    ...pieceGroundJson(record),
    metrics: { ...metrics },
    pieces: record.pieces.map(pieceJson),
    extras: Object.fromEntries(
      Object.entries(record.extras).map(([name, extra]) => [name, { ...extra }]),
    ),
  };
}

/** Reads what {@linkcode recordJson} makes. */
export function recordOf(fields: JsonFields): RankRecord {
  const worldSize = fields.whole("worldSize", RANKS);
  const ground = pieceGroundOf(fields);
  return {
    generation: fields.whole("generation", GENERATIONS),
    step: fields.whole("step", STEPS),
    run: fields.text("run"),
    rank: fields.whole("rank", worldSize),
    worldSize,
    createdAt: fields.whole("createdAt"),
    ...(fields.has("base") && { base: baseOf(fields.object("base")) }),
    ...ground,
    pieces: fields.objects("pieces").map((piece) => pieceOf(piece, ground)),
    extras: Object.fromEntries(
      fields.object("extras").entries().map(([name]) => [
        name,
        extraOf(fields.object("extras").object(name), ground),
      ]),
    ),
    metrics: metricsOf(fields.object("metrics")),
  };
}

function baseOf(fields: JsonFields): CheckpointRef {
  return { generation: fields.whole("generation", GENERATIONS), step: fields.whole("step", STEPS) };
}

function pieceJson({ name, dtype, globalShape, ...bytes }: StoredPiece): JsonValue {
  return { name, dtype, globalShape: [...globalShape], ...pieceBytesJson(bytes) };
}

function pieceOf(fields: JsonFields, ground: PieceGround): StoredPiece {
  const dtype = dtypeOf(fields);
  const globalShape = fields.wholes("globalShape");
  if (elementsOf(globalShape) === undefined) throw fields.fault("globalShape", "is larger than any tensor");
  return { name: fields.text("name"), dtype, globalShape, ...pieceBytesOf(fields, dtype, ground) };
}

function extraOf(fields: JsonFields, { shards }: PieceGround): StoredExtra {
  if (fields.has("json")) return { json: fields.json("json") };
  const crc32c = fields.text("crc32c");
  if (!/^[0-9a-f]{8}$/.test(crc32c)) throw fields.fault("crc32c", "is no checksum");
  return { shard: fields.whole("shard", shards.length), crc32c, isJson: fields.json("isJson") === true };
}

function metricsOf(fields: JsonFields): Record<string, number> {
  return Object.fromEntries(fields.entries().map(([name]) => [name, fields.number(name)]));
}
