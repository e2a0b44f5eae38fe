import type { FormatError } from "../errors/format_error.ts";
import type { Codec } from "./batch_header.ts";
import { decodeLz4Frame, hasLz4Checksum, LZ4_RATIO } from "./lz4_frame.ts";
import { decodeZstdFrame, hasZstdChecksum } from "../binary/zstd_frame.ts";

/** Bytes that a buffer may have beyond what its rows need. */
const SLACK = 4096;

/** What stands for a buffer that is not compressed, since that would have made it larger. */
const AS_IT_IS = -1n;

/**
 * Decompresses a buffer: 8 bytes that tell how large it becomes, and one frame. More than twice of what the rows need
 * (`most`) is an error, and so is another length than the one told: a few bytes never come to more memory than that.
 */
export function decompressBuffer(
  bytes: Uint8Array,
  codec: Codec,
  most: number,
  fault: (detail: string) => FormatError,
  onSum?: (what: string, bytes: number) => void,
): Uint8Array {
  if (bytes.length < 8) throw fault(`a compressed buffer of it has ${bytes.length} bytes`);
  const claim = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true);
  const frame = bytes.subarray(8);
  if (claim === AS_IT_IS) return frame;
  const length = Number(claim);
  if (length < 0 || length > most * 2 + SLACK) {
    throw fault(`a compressed buffer claims ${claim} bytes, and its rows take ${most}`);
  }
  if (codec === "zstd") {
    const content = decodeZstdFrame(frame, length, fault);
    if (hasZstdChecksum(frame)) onSum?.("XXH64 of a zstd frame", bytes.length);
    return content;
  }
  if (length > frame.length * LZ4_RATIO) {
    throw fault(`a compressed buffer of ${frame.length} bytes claims ${length}`);
  }
  const content = decodeLz4Frame(frame, length, fault);
  if (hasLz4Checksum(frame)) onSum?.("XXH32 of an LZ4 frame", bytes.length);
  return content;
}
