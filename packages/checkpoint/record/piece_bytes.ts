import { crc32c } from "@lade/core";
import { byteLengthOf, type DType, DTYPE_NAMES, elementsOf, isDType } from "@lade/formats/array";
import type { Box } from "../boxes/box.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import type { JsonFields } from "../json/json_fields.ts";

/** An object of data, by its key below the prefix of the series. */
export interface DataObject {
  readonly key: string;
  readonly size: number;
  /** Which version of it is read: given of what others wrote, and may write again. */
  readonly etag?: string;
}

/** A part of a tensor, and where its bytes lie. */
export interface PieceBytes extends Box {
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

/** What the bytes of pieces are held to. */
export interface PieceGround {
  readonly shards: readonly DataObject[];
  /** Bytes that one checksum is of. */
  readonly chunkBytes: number;
}

/** The objects and the size of chunks that JSON tells. */
export function pieceGroundOf(fields: JsonFields): PieceGround {
  const chunkBytes = fields.whole("chunkBytes");
  if (chunkBytes === 0) throw fields.fault("chunkBytes", "is 0");
  return { chunkBytes, shards: fields.objects("shards").map(dataObjectOf) };
}

/** What {@linkcode pieceGroundOf} reads. */
export function pieceGroundJson({ chunkBytes, shards }: PieceGround): { readonly [name: string]: JsonValue } {
  return { chunkBytes, shards: shards.map(({ key, size }) => ({ key, size })) };
}

/** The dtype that JSON names. */
export function dtypeOf(fields: JsonFields): DType {
  const dtype = fields.text("dtype");
  if (isDType(dtype)) return dtype;
  throw fields.fault(
    "dtype",
    `${JSON.stringify(dtype)} is none that this version of Lade knows: ${DTYPE_NAMES.join(", ")}`,
  );
}

/** The bytes of a piece, held to their object and to the shape of the piece. */
export function pieceBytesOf(
  fields: JsonFields,
  dtype: DType,
  { shards, chunkBytes }: PieceGround,
): PieceBytes {
  const shape = fields.wholes("shape");
  const elements = elementsOf(shape);
  const length = elements === undefined ? undefined : byteLengthOf(dtype, elements);
  if (length === undefined) throw fields.fault("shape", "takes no whole number of bytes");
  const shard = fields.whole("shard", shards.length);
  const offset = fields.whole("offset");
  if (offset + length > (shards[shard]?.size ?? 0)) {
    throw fields.fault("offset", "passes the end of its object");
  }
  const sums = fields.bytes("sums");
  if (sums.length !== Math.ceil(length / chunkBytes) * 4) {
    throw fields.fault("sums", `are not those of ${length} bytes`);
  }
  return { offsets: fields.wholes("offsets"), shape, shard, offset, length, sums, ...digestOf(fields) };
}

/** What {@linkcode pieceBytesOf} reads. */
export function pieceBytesJson(
  { offsets, shape, shard, offset, sums, sha256 }: PieceBytes,
): { readonly [name: string]: JsonValue } {
  return {
    offsets: [...offsets],
    shape: [...shape],
    shard,
    offset,
    sums: sums.toBase64(),
    ...(sha256 !== undefined && { sha256 }),
  };
}

/** The chunks of a piece whose checksums do not fit, from the byte `at` of it on: by their first byte in the object. */
export function* damagedChunks(
  { sums, offset }: Pick<PieceBytes, "sums" | "offset">,
  at: number,
  bytes: Uint8Array,
  chunkBytes: number,
): Generator<{ readonly offset: number; readonly length: number }, void, void> {
  const view = new DataView(sums.buffer, sums.byteOffset, sums.byteLength);
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const chunk = bytes.subarray(from, from + chunkBytes);
    if (crc32c(chunk) === view.getUint32((at + from) / chunkBytes * 4)) continue;
    yield { offset: offset + at + from, length: chunk.length };
  }
}

function dataObjectOf(fields: JsonFields): DataObject {
  const key = fields.text("key");
  if (!/^data\/[^/]+\/[^/]+$/.test(key)) throw fields.fault("key", "names no data of the series");
  return { key, size: fields.whole("size") };
}

function digestOf(fields: JsonFields): { readonly sha256?: string } {
  if (!fields.has("sha256")) return {};
  const sha256 = fields.text("sha256");
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw fields.fault("sha256", "is no SHA-256");
  return { sha256 };
}
