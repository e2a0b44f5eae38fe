import { crc32c } from "@lade/codec/checksum";

/** Bytes of one record at most. */
export const MOST_RECORD_BYTES = 2 ** 24;
/** Bytes in front of each record: its length and a CRC-32C of length and record, both little-endian. */
const FRAME_BYTES = 8;

/** Set in the length of a frame that holds no record, but up to which byte the frames before it are on the disk. */
const KEPT = 2 ** 31;
const KEPT_BYTES = FRAME_BYTES + 8;

/** A frame that holds a record, or says how much is kept. */
export type Frame =
  | { readonly record: Uint8Array<ArrayBuffer>; readonly end: number }
  | { readonly kept: number; readonly end: number };

/** Frames a record. An empty or too long one is a `RangeError`. */
export function frameOf(record: Uint8Array): Uint8Array<ArrayBuffer> {
  if (record.length === 0 || record.length > MOST_RECORD_BYTES) {
    throw new RangeError(
      `Cannot log a record of ${record.length} bytes: 1 to ${MOST_RECORD_BYTES} are possible`,
    );
  }
  return frame(record.length, record);
}

/** The frame that says that everything before the byte `offset` of the log is on the disk. */
export function keptFrame(offset: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigUint64(0, BigInt(offset), true);
  return frame(KEPT + 8, payload);
}

function frame(length: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  bytes.set(payload, FRAME_BYTES);
  view.setUint32(4, sumOf(bytes), true);
  return bytes;
}

/** The CRC-32C of the length and what it is the length of. */
function sumOf(frame: Uint8Array): number {
  return crc32c(frame.subarray(FRAME_BYTES), crc32c(frame.subarray(0, 4)));
}

/**
 * The frame at the byte `at`. `"short"` where more bytes than these are needed to tell, `undefined` where there is none as
 * it was written.
 */
export function readFrame(bytes: Uint8Array<ArrayBuffer>, at: number): Frame | "short" | undefined {
  if (bytes.length - at < FRAME_BYTES) return "short";
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const told = view.getUint32(0, true);
  const length = told % KEPT;
  const isKept = told >= KEPT;
  if (isKept ? length !== 8 : length === 0 || length > MOST_RECORD_BYTES) return undefined;
  const end = at + FRAME_BYTES + length;
  if (end > bytes.length) return "short";
  if (sumOf(bytes.subarray(at, end)) !== view.getUint32(4, true)) return undefined;
  if (isKept) return { kept: Number(view.getBigUint64(FRAME_BYTES, true)), end };
  return { record: bytes.subarray(at + FRAME_BYTES, end), end };
}

/** The furthest byte that an intact frame within `bytes` says to be kept, wherever it begins; -1 where none does. */
export function furthestKept(bytes: Uint8Array<ArrayBuffer>): number {
  let furthest = -1;
  for (let at = 0; (at = bytes.indexOf(KEPT_BYTES - FRAME_BYTES, at)) >= 0; at++) {
    if (bytes[at + 3] !== 0x80) continue;
    const found = readFrame(bytes, at);
    if (typeof found === "object" && "kept" in found) furthest = Math.max(furthest, found.kept);
  }
  return furthest;
}

/** Bytes that {@linkcode furthestKept} has to see at once to find a frame. */
export const SEARCH_OVERLAP = KEPT_BYTES - 1;
