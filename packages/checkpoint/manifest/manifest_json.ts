import { createHash } from "node:crypto";
import { crc32c, crc32cToHex } from "@lade/core";
import { elementsOf } from "@lade/formats/array";
import { tilingFault } from "../boxes/tiling.ts";
import { canonicalJson, type JsonValue } from "../json/canonical_json.ts";
import { JsonFields } from "../json/json_fields.ts";
import { openSealed, sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, GENERATIONS, indexKey, RANKS, STEPS } from "../keys/series_keys.ts";
import {
  dtypeOf,
  pieceBytesJson,
  pieceBytesOf,
  pieceGroundJson,
  pieceGroundOf,
} from "../record/piece_bytes.ts";
import {
  type Manifest,
  MOST_TABLE_BYTES,
  type RankExtra,
  type TableRef,
  type TensorEntry,
  type TensorTable,
} from "./manifest.ts";

/** Bytes of a table that its manifest has in itself, at most. */
const MOST_INLINE = 2 ** 20;
const FORMAT = "lade-checkpoint";

/** A manifest's bytes, and its table where that is an object of its own. */
export interface WrittenManifest {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The JSON of the table, to be compressed. */
  readonly table?: { readonly key: string; readonly json: Uint8Array<ArrayBuffer> };
}

/** The bytes of a manifest; equal ones have equal bytes. */
export function writeManifest(manifest: Manifest & { readonly table: TensorTable }): WrittenManifest {
  const { generation, step, run, worldSize, createdAt, bytes, tensorCount, records, extras, metrics, table } =
    manifest;
  const tableJson = jsonOfTable(table);
  const json = new TextEncoder().encode(canonicalJson(tableJson));
  if (json.length > MOST_TABLE_BYTES) {
    throw new RangeError(
      `Cannot save a table of tensors of ${json.length} bytes, ${MOST_TABLE_BYTES} is the most: save fewer parts, or larger \
chunkBytes`,
    );
  }
  const isInline = json.length <= MOST_INLINE;
  const key = indexKey(manifest, createHash("sha256").update(json).digest("hex").slice(0, 16));
  const sealed = sealJson({
    format: FORMAT,
    version: 1,
    generation,
    step,
    run,
    worldSize,
    createdAt,
    bytes,
    tensorCount,
    records: records.map((record) => ({ ...record })),
    extras: Object.fromEntries(
      Object.entries(extras).map(([name, of]) => [name, of.map((extra) => ({ ...extra }))]),
    ),
    metrics: { ...metrics },
    ...(isInline
      ? { table: tableJson }
      : { index: { key, size: json.length, crc32c: crc32cToHex(crc32c(json)) } }),
  });
  return isInline ? { bytes: sealed } : { bytes: sealed, table: { key, json } };
}

/** Reads a manifest. What is none, or says what cannot be, is a `FormatError` that names `uri`. */
export function readManifest(bytes: Uint8Array, uri: string, ref: CheckpointRef): Manifest {
  const fields = new JsonFields(openSealed(bytes, uri), uri);
  fields.oneOf("format", [FORMAT]);
  if (fields.whole("version") !== 1) {
    throw fields.fault("version", "is one that this version of Lade does not read");
  }
  const generation = fields.whole("generation", GENERATIONS);
  const step = fields.whole("step", STEPS);
  if (generation !== ref.generation || step !== ref.step) {
    throw fields.fault("step", `is that of another checkpoint: ${generation}-${step}`);
  }
  const worldSize = fields.whole("worldSize", RANKS);
  return {
    generation,
    step,
    run: fields.text("run"),
    worldSize,
    createdAt: fields.whole("createdAt"),
    bytes: fields.whole("bytes"),
    tensorCount: fields.whole("tensorCount"),
    records: fields.objects("records").map((record) => ({
      rank: record.whole("rank", worldSize),
      key: keyOf(record, /^records\/[^/]+\/[^/]+$/),
      size: record.whole("size"),
      crc32c: sumOf(record),
    })),
    extras: Object.fromEntries(
      fields.object("extras").entries().map(([name]) => [
        name,
        fields.object("extras").objects(name).map((extra) => extraOf(extra, worldSize)),
      ]),
    ),
    metrics: Object.fromEntries(
      fields.object("metrics").entries().map(([name]) => [name, fields.object("metrics").number(name)]),
    ),
    table: fields.has("table") ? tableOf(fields.object("table")) : tableRefOf(fields.object("index")),
  };
}

/** Reads the JSON of a table that is an object of its own, held to what the manifest says of it. */
export function readTable(json: Uint8Array, ref: TableRef, uri: string): TensorTable {
  const text = new TextDecoder().decode(json);
  const fields = (value: unknown) => new JsonFields(value, uri);
  if (json.length !== ref.size || crc32cToHex(crc32c(json)) !== ref.crc32c) {
    throw fields({}).fault("the table", "does not fit the checksum in its manifest");
  }
  return tableOf(fields(JSON.parse(text)));
}

function jsonOfTable(table: TensorTable): { readonly [name: string]: JsonValue } {
  return {
    ...pieceGroundJson(table),
    tensors: table.tensors.map(({ name, dtype, shape, pieces }) => ({
      name,
      dtype,
      shape: [...shape],
      pieces: pieces.map(pieceBytesJson),
    })),
  };
}

function tableOf(fields: JsonFields): TensorTable {
  const ground = pieceGroundOf(fields);
  const names = new Set<string>();
  const tensors = fields.objects("tensors").map((tensor): TensorEntry => {
    const [name, dtype, shape] = [tensor.text("name"), dtypeOf(tensor), tensor.wholes("shape")];
    if (names.has(name)) throw tensor.fault("name", "stands twice");
    names.add(name);
    const pieces = tensor.objects("pieces").map((piece) => pieceBytesOf(piece, dtype, ground));
    const untiled = elementsOf(shape) === undefined
      ? "it is larger than any tensor"
      : tilingFault(shape, pieces);
    if (untiled) throw tensor.fault("shape", `is not made up by the pieces: ${untiled}`);
    return { name, dtype, shape, pieces };
  });
  return { ...ground, tensors };
}

function tableRefOf(fields: JsonFields): TableRef {
  return { key: keyOf(fields, /^indexes\/[^/]+$/), size: fields.whole("size"), crc32c: sumOf(fields) };
}

function extraOf(fields: JsonFields, worldSize: number): RankExtra {
  const rank = fields.whole("rank", worldSize);
  if (fields.has("json")) return { rank, json: fields.json("json") };
  return {
    rank,
    key: keyOf(fields, /^data\/[^/]+\/[^/]+$/),
    size: fields.whole("size"),
    crc32c: sumOf(fields),
    isJson: fields.json("isJson") === true,
  };
}

function keyOf(fields: JsonFields, form: RegExp): string {
  const key = fields.text("key");
  if (!form.test(key)) throw fields.fault("key", "names no such object of the series");
  return key;
}

function sumOf(fields: JsonFields): string {
  const sum = fields.text("crc32c");
  if (!/^[0-9a-f]{8}$/.test(sum)) throw fields.fault("crc32c", "is no checksum");
  return sum;
}
