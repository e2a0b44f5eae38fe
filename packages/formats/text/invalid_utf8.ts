import { isUtf8 } from "node:buffer";

/**
 * Where the first line of `bytes[from, to)` begins that is no UTF-8; -1 where all of it is. The bytes end where a line does.
 */
export function invalidUtf8(bytes: Uint8Array, from: number, to: number): number {
  if (isUtf8(bytes.subarray(from, to))) return -1;
  let at = from;
  for (;;) {
    const end = bytes.indexOf(10, at);
    const next = end < 0 || end >= to ? to : end + 1;
    if (next >= to || !isUtf8(bytes.subarray(at, next))) return at;
    at = next;
  }
}

/** What is said of a text that is no UTF-8. */
export function encodingFault(bytes: Uint8Array, at: number): string {
  const [first, second] = [bytes[at], bytes[at + 1]];
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return wide ? "the text is UTF-16" : "the line is no UTF-8";
}

/** Lines that end in `bytes[from, to)`. */
export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(10, from); at >= 0 && at < to; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Where the line begins that has the byte `at`. */
export function lineStart(bytes: Uint8Array, at: number): number {
  return at > 0 ? bytes.lastIndexOf(10, at - 1) + 1 : 0;
}
