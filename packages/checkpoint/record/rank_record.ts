import { byteLengthOf, type DType, elementsOf, isDType } from "@lade/formats/array";
import type { Box } from "../boxes/box.ts";
import { JsonFields } from "../json/json_fields.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import { openSealed, sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, GENERATIONS, RANKS, STEPS } from "../keys/series_keys.ts";

/** An object of data, by its key below the prefix of the series. */
export interface DataObject {
  readonly key: string;
  readonly size: number;
  /** Which version of it is read: given of what others wrote, and may write again. */
  readonly etag?: string;
}

/** A part of a tensor, and where its bytes lie. */
export interface StoredPiece extends Box {
  /** Of which tensor. */
  readonly name: string;
  readonly dtype: DType;
  /** The shape of the whole tensor. */
  readonly globalShape: readonly number[];
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

/** Something that is kept besides tensors: as JSON, or as bytes in an object of their own. */
export type StoredExtra =
  | { readonly json: JsonValue }
  | { readonly shard: number; readonly crc32c: string; readonly isJson: boolean };

/** What a rank wrote for a checkpoint: its part of the truth, from which alone the manifest is made. */
export interface RankRecord extends CheckpointRef {
  /** Of which run. */
  readonly run: string;
  readonly rank: number;
  readonly worldSize: number;
  /** When it was written, by the clock of its rank: milliseconds since 1970. */
  readonly createdAt: number;
  /** The checkpoint whose parts it names in place of writing them again. */
  readonly base?: CheckpointRef;
  /** Bytes that one checksum is of. */
  readonly chunkBytes: number;
  /** The objects that hold its pieces and extras. */
  readonly shards: readonly DataObject[];
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
  const { generation, step, run, rank, worldSize, createdAt, chunkBytes, shards, metrics, base } = record;
  return {
    generation,
    step,
    run,
    rank,
    worldSize,
    createdAt,
    ...(base && { base: { generation: base.generation, step: base.step } }),
    chunkBytes,
    metrics: { ...metrics },
    shards: shards.map(({ key, size }) => ({ key, size })),
    pieces: record.pieces.map(pieceJson),
    extras: Object.fromEntries(
      Object.entries(record.extras).map(([name, extra]) => [name, { ...extra }]),
    ),
  };
}

/** Reads what {@linkcode recordJson} makes. */
export function recordOf(fields: JsonFields): RankRecord {
  const worldSize = fields.whole("worldSize", RANKS);
  const chunkBytes = fields.whole("chunkBytes");
  if (chunkBytes === 0) throw fields.fault("chunkBytes", "is 0");
  const shards = fields.objects("shards").map((shard) => {
    const key = shard.text("key");
    if (!/^data\/[^/]+\/[^/]+$/.test(key)) throw shard.fault("key", "names no data of the series");
    return { key, size: shard.whole("size") };
  });
  return {
    generation: fields.whole("generation", GENERATIONS),
    step: fields.whole("step", STEPS),
    run: fields.text("run"),
    rank: fields.whole("rank", worldSize),
    worldSize,
    createdAt: fields.whole("createdAt"),
    ...(fields.has("base") && { base: baseOf(fields.object("base")) }),
    chunkBytes,
    shards,
    pieces: fields.objects("pieces").map((piece) => pieceOf(piece, shards, chunkBytes)),
    extras: Object.fromEntries(
      fields.object("extras").entries().map(([name]) => [
        name,
        extraOf(fields.object("extras").object(name), shards),
      ]),
    ),
    metrics: metricsOf(fields.object("metrics")),
  };
}

function baseOf(fields: JsonFields): CheckpointRef {
  return { generation: fields.whole("generation", GENERATIONS), step: fields.whole("step", STEPS) };
}

function pieceJson(
  { name, dtype, globalShape, offsets, shape, shard, offset, sums, sha256 }: StoredPiece,
): JsonValue {
  return {
    name,
    dtype,
    globalShape: [...globalShape],
    offsets: [...offsets],
    shape: [...shape],
    shard,
    offset,
    sums: sums.toBase64(),
    ...(sha256 !== undefined && { sha256 }),
  };
}

function pieceOf(fields: JsonFields, shards: readonly DataObject[], chunkBytes: number): StoredPiece {
  const dtype = fields.text("dtype");
  if (!isDType(dtype)) throw fields.fault("dtype", "is one that this version of Lade does not know");
  const shape = fields.wholes("shape");
  const elements = elementsOf(shape);
  const length = elements === undefined ? undefined : byteLengthOf(dtype, elements);
  if (length === undefined) throw fields.fault("shape", "takes no whole number of bytes");
  const globalShape = fields.wholes("globalShape");
  if (elementsOf(globalShape) === undefined) throw fields.fault("globalShape", "is larger than any tensor");
  const shard = fields.whole("shard", shards.length);
  const offset = fields.whole("offset");
  if (offset + length > (shards[shard]?.size ?? 0)) {
    throw fields.fault("offset", "passes the end of its object");
  }
  const sums = fields.bytes("sums");
  if (sums.length !== Math.ceil(length / chunkBytes) * 4) {
    throw fields.fault("sums", `are not those of ${length} bytes`);
  }
  return {
    name: fields.text("name"),
    dtype,
    globalShape,
    offsets: fields.wholes("offsets"),
    shape,
    shard,
    offset,
    length,
    sums,
    ...digestOf(fields),
  };
}

/** The digest of a piece, where it has one. */
export function digestOf(fields: JsonFields): { readonly sha256?: string } {
  if (!fields.has("sha256")) return {};
  const sha256 = fields.text("sha256");
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw fields.fault("sha256", "is no SHA-256");
  return { sha256 };
}

function extraOf(fields: JsonFields, shards: readonly DataObject[]): StoredExtra {
  if (fields.has("json")) return { json: fields.json("json") };
  const crc32c = fields.text("crc32c");
  if (!/^[0-9a-f]{8}$/.test(crc32c)) throw fields.fault("crc32c", "is no checksum");
  return { shard: fields.whole("shard", shards.length), crc32c, isJson: fields.json("isJson") === true };
}

function metricsOf(fields: JsonFields): Record<string, number> {
  return Object.fromEntries(fields.entries().map(([name]) => [name, fields.number(name)]));
}
