import { gunzipSync, inflateSync } from "node:zlib";
import { crc32c } from "@lade/codec/checksum";
import { UnsupportedError } from "@lade/core/errors";
import { decodeLz4Block } from "../binary/lz4_block.ts";
import { decodeZstdFrame, hasZstdChecksum } from "../binary/zstd_frame.ts";
import type { FormatError } from "../errors/format_error.ts";
import { decodeBlosc } from "./blosc.ts";
import { type CodecSpec, isKnown } from "./codec_specs.ts";

/** What bytes are decoded for. */
export interface DecodeContext {
  /** The object that they are of. */
  readonly uri: string;
  /** Makes an error that names it. */
  readonly fault: (detail: string) => FormatError;
  /** Is told of each checksum that was compared. */
  readonly onSum?: (what: string) => void;
}

const DEFLATE_RATIO = 1032;

/** Bytes that a codec between others may add, at most, besides twice of what there is. */
const SLACK = 65_536;

/**
 * Undoes what codecs did to bytes, the last one first. What does not come to exactly `size` bytes is an error, before more
 * memory is taken than that.
 */
export async function decodeBytes(
  stored: Uint8Array,
  codecs: readonly CodecSpec[],
  size: number,
  context: DecodeContext,
): Promise<Uint8Array> {
  // What each codec was given: known as long as none of those before it compressed.
  const sizes: (number | undefined)[] = [size];
  for (const { name } of codecs) {
    const before = sizes.at(-1);
    sizes.push(
      name === "crc32c" && before !== undefined ? before + CRC : name === "shuffle" ? before : undefined,
    );
  }
  let bytes = stored;
  for (let at = codecs.length - 1; at >= 0; at--) {
    const codec = codecs[at];
    if (codec) bytes = await decodeOne(bytes, codec, sizes[at], size * 2 + SLACK, context);
  }
  if (bytes.length === size) return bytes;
  throw context.fault(`it comes to ${bytes.length} bytes, and its metadata ask for ${size}`);
}

const CRC = 4;

async function decodeOne(
  bytes: Uint8Array,
  codec: CodecSpec,
  size: number | undefined,
  most: number,
  context: DecodeContext,
): Promise<Uint8Array> {
  const { fault, onSum, uri } = context;
  if (!isKnown(codec)) throw unknownCodec(codec.name, uri);
  const { name } = codec;
  switch (name) {
    case "crc32c": {
      if (bytes.length < CRC) throw fault(`its ${bytes.length} bytes have no room for a CRC-32C`);
      const content = bytes.subarray(0, -CRC);
      const told = new DataView(bytes.buffer, bytes.byteOffset + content.length, CRC).getUint32(0, true);
      if (crc32c(content) !== told) throw fault("its CRC-32C is another one than that of its bytes");
      onSum?.("CRC-32C of a chunk");
      return content;
    }
    case "gzip":
    case "zlib": {
      const content = inflate(bytes, name, size ?? most, fault);
      onSum?.(name === "gzip" ? "CRC-32 of a gzip stream" : "Adler-32 of a zlib stream");
      return content;
    }
    case "zstd": {
      if (size === undefined) throw unknownCodec("zstd below another compression", uri);
      const content = decodeZstdFrame(bytes, size, fault);
      if (hasZstdChecksum(bytes)) onSum?.("XXH64 of a zstd frame");
      return content;
    }
    case "lz4":
      return decodeLz4(bytes, size ?? most, size, fault);
    case "blosc":
      return await decodeBlosc(bytes, size ?? most, size, fault);
    default:
      return unshuffle(bytes, codec.elementSize);
  }
}

/** The error for a codec that is not known. */
export function unknownCodec(name: string, uri: string): UnsupportedError {
  return new UnsupportedError({
    operation: "read zarr",
    uri,
    detail: `it has the codec ${name}, which cannot be read`,
  });
}

function inflate(
  bytes: Uint8Array,
  name: "gzip" | "zlib",
  most: number,
  fault: (detail: string) => FormatError,
): Uint8Array {
  // No deflate stream comes to more.
  if (most > bytes.length * DEFLATE_RATIO + SLACK) {
    throw fault(`its ${bytes.length} bytes by ${name} are too few for ${most}`);
  }
  try {
    const options = { maxOutputLength: Math.max(most, 1), chunkSize: Math.max(most, 64), info: true };
    const { buffer, engine } = (name === "gzip" ? gunzipSync : inflateSync)(
      bytes,
      options,
    ) as unknown as Inflated;
    if (engine.bytesWritten !== bytes.length) {
      throw new Error(`${bytes.length - engine.bytesWritten} bytes lie behind it`);
    }
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  } catch (cause) {
    throw fault(`it cannot be decompressed by ${name}: ${cause instanceof Error ? cause.message : cause}`);
  }
}

interface Inflated {
  readonly buffer: Uint8Array;
  /** Counts the compressed bytes that were used. */
  readonly engine: { readonly bytesWritten: number };
}

/** An LZ4 block as numcodecs has it, behind 4 bytes that tell what it comes to. */
function decodeLz4(
  bytes: Uint8Array,
  most: number,
  size: number | undefined,
  fault: (detail: string) => FormatError,
): Uint8Array {
  if (bytes.length < 5) throw fault(`its ${bytes.length} bytes are no LZ4 block`);
  const told = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (told > most || (size !== undefined && told !== size)) throw fault(`its LZ4 block claims ${told} bytes`);
  const content = new Uint8Array(told);
  const end = decodeLz4Block(
    bytes.subarray(4),
    content,
    0,
    told,
    0,
    (detail) => fault(`its LZ4 block ${detail}`),
  );
  if (end !== told) throw fault(`its LZ4 block comes to ${end} bytes, and claims ${told}`);
  return content;
}

/** Puts the bytes of each element together again; what is left over at the end stays as it is. */
function unshuffle(bytes: Uint8Array, elementSize: number): Uint8Array {
  const content = bytes.slice();
  const count = Math.floor(bytes.length / elementSize);
  for (let part = 0; part < elementSize; part++) {
    for (let index = 0; index < count; index++) {
      content[index * elementSize + part] = bytes[part * count + index] ?? 0;
    }
  }
  return content;
}
