import type { FormatError } from "../errors/format_error.ts";
import { decodeLz4Block } from "../binary/lz4_block.ts";
import { xxh32 } from "./xxh32.ts";

/** No LZ4 frame comes to more than so many times its length. */
export const LZ4_RATIO = 255;

const MAGIC = 0x184d2204;
const STORED = 0x80000000;

/** The checksums of a frame: which there are, and where. */
interface FrameFlags {
  readonly independent: boolean;
  readonly blockSum: boolean;
  readonly contentSum: boolean;
  readonly contentSize: number | undefined;
  readonly blockSize: number;
  readonly length: number;
}

/**
 * Decodes one LZ4 frame of exactly `length` bytes (LZ4 frame format 1.6), and compares all of its checksums: that of the
 * header, and those of the blocks and of the content where they are there.
 */
export function decodeLz4Frame(
  frame: Uint8Array,
  length: number,
  fault: (detail: string) => FormatError,
): Uint8Array {
  const wrong = (detail: string) => fault(`an LZ4 frame of it ${detail}`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = readFlags(frame, view, wrong);
  if (flags.contentSize !== undefined && flags.contentSize !== length) {
    throw wrong(`has ${flags.contentSize} bytes, and is told to have ${length}`);
  }
  const content = new Uint8Array(length);
  let [at, filled] = [flags.length, 0];
  const word = () => {
    if (at + 4 > frame.length) throw wrong("is cut");
    at += 4;
    return view.getUint32(at - 4, true);
  };
  for (let size = word(); size !== 0; size = word()) {
    const bytes = size % STORED;
    if (bytes > flags.blockSize || at + bytes > frame.length) {
      throw wrong(`has a block of ${bytes} bytes at ${at}`);
    }
    const block = frame.subarray(at, at + bytes);
    at += bytes;
    if (flags.blockSum && word() !== xxh32(block)) {
      throw wrong(`has a block whose checksum does not fit, before ${at}`);
    }
    const most = Math.min(length, filled + flags.blockSize);
    if (size >= STORED) {
      if (filled + bytes > most) throw wrong(`comes to more than ${length} bytes`);
      content.set(block, filled);
      filled += bytes;
    } else filled = decodeLz4Block(block, content, filled, most, flags.independent ? filled : 0, wrong);
  }
  if (filled !== length) throw wrong(`comes to ${filled} bytes, and is told to have ${length}`);
  if (flags.contentSum && word() !== xxh32(content)) {
    throw wrong("has a checksum that does not fit its content");
  }
  if (at !== frame.length) throw wrong(`ends at byte ${at} of ${frame.length}`);
  return content;
}

/** Whether the content of a frame has a checksum. */
export function hasLz4Checksum(frame: Uint8Array): boolean {
  return frame.length > 4 && ((frame[4] ?? 0) & 0x04) !== 0;
}

function readFlags(frame: Uint8Array, view: DataView, wrong: (detail: string) => FormatError): FrameFlags {
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw wrong("does not begin as one");
  const [flags, sizes] = [view.getUint8(4), view.getUint8(5)];
  const hasSize = (flags & 0x08) !== 0;
  const end = hasSize ? 14 : 6;
  if (frame.length <= end) throw wrong("is cut");
  if (((xxh32(frame.subarray(4, end)) >>> 8) & 0xff) !== frame[end]) {
    throw wrong("has a header whose checksum does not fit");
  }
  const sizeCode = sizes >> 4;
  if (flags >> 6 !== 1 || (flags & 0x03) !== 0 || sizeCode < 4 || sizeCode > 7) {
    throw wrong("is of an unknown kind");
  }
  return {
    independent: (flags & 0x20) !== 0,
    blockSum: (flags & 0x10) !== 0,
    contentSum: (flags & 0x04) !== 0,
    contentSize: hasSize ? Number(view.getBigUint64(6, true)) : undefined,
    blockSize: 2 ** (8 + 2 * sizeCode),
    length: end + 1,
  };
}
