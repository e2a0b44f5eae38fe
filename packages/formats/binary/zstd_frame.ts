import { constants, zstdDecompressSync } from "node:zlib";
import { parseFrameHeader } from "@lade/codec/zstd";
import type { FormatError } from "../errors/format_error.ts";

const MAGIC = 0xfd2fb528;
const LONGEST_HEADER = 18;
const CHECKSUM = 4;

/** The largest window that a decoder keeps, as a power of two: that of `zstd --ultra`. */
const WINDOW_LOG = 31;

/** Decompresses one frame of exactly `length` bytes; its checksum is compared, where it has one. */
export function decodeZstdFrame(
  frame: Uint8Array,
  length: number,
  fault: (detail: string) => FormatError,
): Uint8Array {
  const { contentSize, windowSize } = checkFrame(frame, fault);
  if (contentSize !== undefined && contentSize !== length) {
    throw fault(`a zstd frame of ${contentSize} bytes is told to have ${length}`);
  }
  // A frame that is small needs no larger window than itself.
  if (contentSize === undefined && windowSize > Math.max(length, 2 ** 20) * 8) {
    throw fault(`a zstd frame of ${length} bytes asks for a window of ${windowSize}`);
  }
  try {
    const content = zstdDecompressSync(frame, {
      // What a frame does not tell is not believed before it is there.
      chunkSize: Math.max(contentSize === undefined ? Math.min(length, 2 ** 20) : length, 64),
      maxOutputLength: Math.max(length, 1),
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
    });
    if (content.length !== length) throw new Error(`${content.length} bytes come of ${length}`);
    return new Uint8Array(content.buffer, content.byteOffset, length);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw fault(`a buffer cannot be decompressed by zstd: ${detail}`);
  }
}

/** Whether a frame has a checksum. */
export function hasZstdChecksum(frame: Uint8Array): boolean {
  return frame.length > 4 && ((frame[4] ?? 0) & 0x04) !== 0;
}

/** Walks over the blocks: the decoder of the platform takes a frame that is cut for one that ends. */
function checkFrame(frame: Uint8Array, fault: (detail: string) => FormatError) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 9 || view.getUint32(0, true) !== MAGIC) {
    throw fault("a zstd frame of it does not begin as one");
  }
  const padded = new Uint8Array(LONGEST_HEADER);
  padded.set(frame.subarray(0, LONGEST_HEADER));
  const header = parseHeader(padded, fault);
  let at = header.length;
  for (let last = false; !last;) {
    if (at + 3 > frame.length) throw fault("a zstd frame of it is cut");
    const block = view.getUint16(at, true) | view.getUint8(at + 2) << 16;
    last = (block & 1) === 1;
    // A block of one byte that is repeated is stored as that byte.
    at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3);
  }
  if (header.checksum) at += CHECKSUM;
  if (at !== frame.length) throw fault(`a zstd frame of ${frame.length} bytes ends at byte ${at}`);
  return header;
}

function parseHeader(bytes: Uint8Array, fault: (detail: string) => FormatError) {
  try {
    return parseFrameHeader(bytes);
  } catch (cause) {
    throw fault(`a zstd frame of it is damaged: ${cause instanceof Error ? cause.message : cause}`);
  }
}
