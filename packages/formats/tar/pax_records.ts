import { BLOCK } from "./tar_member.ts";

const [SPACE, NEWLINE, EQUALS, ZERO, NINE] = [0x20, 0x0a, 0x3d, 0x30, 0x39];
/** Digits that a record's length has at most. */
const LENGTH_DIGITS = 10;

/**
 * Reads the records of a pax header, `LENGTH NAME=VALUE\n` each, where LENGTH counts the whole record. What is wrong with
 * them, and at which byte, goes to `fail`.
 */
export function parsePaxRecords(
  bytes: Uint8Array,
  fail: (detail: string, at: number) => Error,
): Map<string, string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const records = new Map<string, string>();
  for (let start = 0; start < bytes.length;) {
    let [length, at] = [0, start];
    for (; at < bytes.length && at - start < LENGTH_DIGITS; at++) {
      const digit = bytes[at] ?? 0;
      if (digit < ZERO || digit > NINE) break;
      length = length * 10 + (digit - ZERO);
    }
    const end = start + length;
    const isWhole = at > start && bytes[at] === SPACE && end <= bytes.length && bytes[end - 1] === NEWLINE;
    const equals = isWhole ? bytes.indexOf(EQUALS, at) : -1;
    if (equals <= at + 1 || equals >= end) throw fail("a record of a pax header is no record", start);
    try {
      const name = decoder.decode(bytes.subarray(at + 1, equals));
      records.set(name, decoder.decode(bytes.subarray(equals + 1, end - 1)));
    } catch {
      throw fail("a record of a pax header is no UTF-8", start);
    }
    start = end;
  }
  return records;
}

/** The bytes of a pax header with these records, without what fills its last block. */
export function formatPaxRecords(records: ReadonlyMap<string, string>): Uint8Array {
  const encoder = new TextEncoder();
  const lines: Uint8Array[] = [];
  for (const [name, value] of records) {
    const rest = encoder.encode(` ${name}=${value}\n`);
    // The length counts its own digits.
    let length = rest.length + 1;
    while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length;
    const line = new Uint8Array(length);
    encoder.encodeInto(`${length}`, line);
    line.set(rest, length - rest.length);
    lines.push(line);
  }
  const bytes = new Uint8Array(lines.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
  }
  return bytes;
}

/** Bytes of extended headers that are read for one member, at most. */
export const MOST_EXTENDED = 2048 * BLOCK;
