/** What the header of a zstd frame says (RFC 8878, section 3.1.1.1). */
export interface FrameHeader {
  /** Bytes of the header, the magic number included. */
  readonly length: number;
  /** Bytes that the frame decompresses to, where the header says. */
  readonly contentSize: number | undefined;
  /** Bytes of earlier content that a decoder keeps. */
  readonly windowSize: number;
  /** Whether a checksum of the content follows the last block. */
  readonly checksum: boolean;
  /** The dictionary that is needed; 0 for none. */
  readonly dictionaryId: number;
}

/** The little-endian number that a zstd frame starts with. */
export const FRAME_MAGIC = 0xfd2fb528;

/** Bytes of the longest header, the magic number included. */
export const LONGEST_HEADER = 18;

const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/** The length of a header, the magic number included, from its descriptor: the byte after the magic number. */
export function frameHeaderLength(descriptor: number): number {
  const fields = headerFields(descriptor);
  return 5 + fields.windowBytes + fields.dictionaryBytes + fields.sizeBytes;
}

/** Reads a whole header. A reserved bit that is set is an `Error`. */
export function parseFrameHeader(bytes: Uint8Array): FrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const descriptor = view.getUint8(4);
  if (descriptor & 0x08) throw new Error("a reserved bit of the frame header is set");
  const { windowBytes, dictionaryBytes, sizeBytes } = headerFields(descriptor);
  let at = 5 + windowBytes;
  const dictionaryId = readLittleEndian(view, at, dictionaryBytes);
  at += dictionaryBytes;
  const size = readLittleEndian(view, at, sizeBytes);
  const contentSize = sizeBytes === 0 ? undefined : sizeBytes === 2 ? size + 256 : size;
  return {
    length: at + sizeBytes,
    contentSize,
    windowSize: windowBytes === 0 ? contentSize ?? 0 : windowSize(view.getUint8(5)),
    checksum: (descriptor & 0x04) !== 0,
    dictionaryId,
  };
}

function headerFields(descriptor: number) {
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = (descriptor >> 6) as 0 | 1 | 2 | 3;
  return {
    windowBytes: singleSegment ? 0 : 1,
    dictionaryBytes: DICTIONARY_ID_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3],
    sizeBytes: sizeFlag === 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag],
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

/** A size above 2^53 loses its last bits, which no comparison here depends on. */
function readLittleEndian(view: DataView, at: number, bytes: number): number {
  let value = 0;
  for (let index = bytes - 1; index >= 0; index--) value = value * 256 + view.getUint8(at + index);
  return value;
}
