import { formatLiteral } from "./format_literal.ts";
import { NPY_MAGIC } from "./npy_header.ts";
import type { Literal } from "./parse_literal.ts";

const ALIGNMENT = 64;
/** What NumPy leaves room for, so that the first dimension (in Fortran order the last one) may grow in place. */
const GROWING_DIGITS = 21;

/**
 * The header of an npy file, byte for byte as NumPy writes it: of version 1.0 where its text fits, else 2.0, or 3.0 where it
 * has characters that Latin-1 lacks. The array behind it begins at a multiple of 64 bytes.
 */
export function encodeHeader(
  descr: Literal,
  shape: readonly number[],
  order: "C" | "F",
): Uint8Array<ArrayBuffer> {
  const lengths = shape.map((value): Literal => ({ kind: "integer", value }));
  const dict: Literal = {
    kind: "dict",
    entries: new Map<string, Literal>([
      ["descr", descr],
      ["fortran_order", { kind: "bool", value: order === "F" }],
      ["shape", { kind: "tuple", items: lengths }],
    ]),
  };
  const growing = shape.length > 0 ? String(shape.at(order === "F" ? -1 : 0)).length : GROWING_DIGITS;
  const text = `${formatLiteral(dict).slice(0, -1)}, }${" ".repeat(GROWING_DIGITS - growing)}`;
  const isLatin1 = [...text].every((character) => (character.codePointAt(0) ?? 0) < 0x100);
  const encoded = isLatin1
    ? Uint8Array.from(text, (character) => character.charCodeAt(0))
    : new TextEncoder().encode(text);
  const short = isLatin1 && padded(encoded.length, 10) < 2 ** 16;
  const prefix = short ? 10 : 12;
  const length = padded(encoded.length, prefix);
  const header = new Uint8Array(prefix + length).fill(0x20);
  header.set(NPY_MAGIC);
  header.set([short ? 1 : isLatin1 ? 2 : 3, 0], 6);
  const view = new DataView(header.buffer);
  if (short) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  header.set(encoded, prefix);
  header[header.length - 1] = 0x0a;
  return header;
}

/** Bytes of a text with a line break, filled up to where the array begins: by at least one, as NumPy does. */
function padded(text: number, prefix: number): number {
  return text + 1 + ALIGNMENT - (prefix + text + 1) % ALIGNMENT;
}
