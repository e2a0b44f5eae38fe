import { type FrameHeader, parseFrameHeader } from "./frame_header.ts";

/**
 * Marks a frame that another one follows, so that a stream cut between two frames is known to be cut.
 *
 * The format has no end mark: a stream of frames that loses its last ones is a valid shorter stream. The mark is a
 * header that says the same in more bytes than any encoder takes: the content size in 8 bytes and, in one byte,
 * dictionary 0, which means none (RFC 8878, sections 3.1.1.1.3 and 3.1.1.1.4). Every decoder reads it as before.
 *
 * Returns the longer header, which replaces the first `header.length` bytes. The frame must have its content size.
 */
export function continuedHeader(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = parseFrameHeader(frame);
  if (header.contentSize === undefined || header.dictionaryId !== 0) {
    throw new TypeError("Cannot mark a frame: it must tell its content size and need no dictionary");
  }
  const descriptor = frame[4] ?? 0;
  const window = descriptor & 0x20 ? [] : [frame[5] ?? 0];
  const marked = new Uint8Array([...frame.subarray(0, 5), ...window, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  marked[4] = descriptor & 0x3c | 0xc1;
  new DataView(marked.buffer).setBigUint64(marked.length - 8, BigInt(header.contentSize), true);
  return marked;
}

/** Whether `bytes`, a whole header that `header` was read from, bears the mark of {@linkcode continuedHeader}. */
export function isContinued(bytes: Uint8Array, header: FrameHeader): boolean {
  const descriptor = bytes[4] ?? 0;
  return (descriptor & 0xc3) === 0xc1 && header.dictionaryId === 0 && (header.contentSize ?? 0) < 2 ** 32;
}
