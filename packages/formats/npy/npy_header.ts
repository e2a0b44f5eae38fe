import type { CallOptions } from "@lade/core";
import { elementsOf } from "../array/dtype.ts";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { type ElementLayout, parseDescr, parseShape } from "./element_layout.ts";
import { formatLiteral } from "./format_literal.ts";
import type { NpyType } from "./npy_type.ts";
import { type Literal, LiteralError, parseLiteral } from "./parse_literal.ts";
import { UnreadElementsError } from "./unread_elements_error.ts";

/** What the header of an npy file says. */
export interface NpyHeader {
  /** The version of the format: `1.0`, `2.0` or `3.0`. */
  readonly version: string;
  /** What an element is. */
  readonly type: NpyType;
  /** The same as it is written there, in NumPy's words and with the byte order of the file: `>f4`. */
  readonly descr: string;
  /** The length of each dimension; empty for a single value. */
  readonly shape: readonly number[];
  /** Which index changes fastest in the file. */
  readonly order: "C" | "F";
  /** Elements in all. */
  readonly elements: number;
  /** Bytes of one of them. */
  readonly elementSize: number;
  /** Where the first one begins, in bytes from the start of the file. */
  readonly dataOffset: number;
  /** Bytes of all of them, which are the rest of the file. */
  readonly dataLength: number;
}

/** Options of what reads a header. */
export interface NpyHeaderOptions extends CallOptions {
  /** Characters of the header's text, at most; 10,000 by default, as in NumPy. */
  readonly maxHeader?: number;
}

/** A header, and what makes elements of the bytes behind it. */
export interface ParsedHeader {
  /** What it says. */
  readonly header: NpyHeader;
  /** How elements lie. */
  readonly layout: ElementLayout;
}

/** The bytes that every npy file begins with. */
export const NPY_MAGIC: Uint8Array = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** Characters of a header's text that are read by default. */
export const MAX_HEADER = 10_000;
const OPERATION = "read npy";

/**
 * Reads and checks the header at the start of a source: its text is one literal with exactly the keys `descr`,
 * `fortran_order` and `shape`, and the source has as many bytes as that takes, and no more.
 */
export async function readHeader(source: ByteSource, options: NpyHeaderOptions = {}): Promise<ParsedHeader> {
  const { uri, size } = source;
  const { maxHeader = MAX_HEADER, ...call } = options;
  const start = await source.read(0, Math.min(size, 12), call);
  const { version, textOffset, textLength } = parsePrefix(start, uri);
  // One character takes 4 bytes at most.
  if (textLength > 4 * maxHeader) throw tooLong(uri, textLength, maxHeader);
  if (textOffset + textLength > size) {
    throw fault(uri, `its header of ${textLength} bytes ends behind the end of the file`, textOffset);
  }
  const text = decodeText(await source.read(textOffset, textLength, call), version, uri, textOffset);
  if (text.length > maxHeader) throw tooLong(uri, text.length, maxHeader);
  return parseText(text, { version, uri, size, textOffset, dataOffset: textOffset + textLength });
}

function parsePrefix(start: Uint8Array, uri: string) {
  const reader = new ByteReader(start, { operation: OPERATION, uri });
  const magic = reader.take(NPY_MAGIC.length, "the first 6 bytes, which name the format,");
  if (NPY_MAGIC.some((byte, index) => byte !== magic[index])) {
    throw fault(uri, "it is no npy file: it does not begin with \\x93NUMPY", 0);
  }
  const major = reader.u8("the version");
  const minor = reader.u8("the version");
  const version = `${major}.${minor}`;
  if (major < 1 || major > 3 || minor !== 0) {
    throw fault(uri, `its version is ${version}, not 1.0, 2.0 or 3.0`, 6);
  }
  const textLength = major === 1 ? reader.u16("the header's length") : reader.u32("the header's length");
  return { version, textOffset: reader.position, textLength };
}

function decodeText(bytes: Uint8Array, version: string, uri: string, offset: number): string {
  if (version !== "3.0") {
    let text = "";
    for (let at = 0; at < bytes.length; at += 4096) {
      text += String.fromCharCode(...bytes.subarray(at, at + 4096));
    }
    return text;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fault(uri, "its header is not in UTF-8", offset);
  }
}

function parseText(
  text: string,
  { version, uri, size, textOffset, dataOffset }: {
    version: string;
    uri: string;
    size: number;
    textOffset: number;
    dataOffset: number;
  },
): ParsedHeader {
  const invalid = (detail: string) => fault(uri, detail, textOffset);
  const { descr, fortran, shape: lengths } = entriesOf(text, version, uri, textOffset);
  const shape = parseShape(lengths, { invalid });
  if (fortran.kind !== "bool") throw invalid("fortran_order is neither True nor False");
  const told = {
    descr: descr.kind === "string" ? descr.value : formatLiteral(descr),
    shape,
    order: fortran.value ? "F" as const : "C" as const,
  };
  const layout = parseDescr(descr, {
    invalid,
    unsupported: (detail, advice) => {
      return new UnreadElementsError({ operation: OPERATION, uri, detail, advice }, told);
    },
  });
  const elements = elementsOf(shape);
  const dataLength = elements === undefined ? NaN : elements * layout.size;
  if (elements === undefined || !Number.isSafeInteger(dataLength)) {
    throw invalid(`an array of shape (${shape.join(", ")}) is larger than any object`);
  }
  if (layout.size === 0 && elements > size) {
    throw invalid(`it says to have ${elements} elements of no bytes, more than bytes in all`);
  }
  if (dataOffset + dataLength !== size) {
    const there = size - dataOffset;
    const what = there < dataLength ? "it is cut" : "more follows the array";
    throw fault(uri, `its array takes ${dataLength} bytes, and ${there} are there: ${what}`, dataOffset);
  }
  const header = {
    version,
    type: layout.type,
    ...told,
    elements,
    elementSize: layout.size,
    dataOffset,
    dataLength,
  };
  return { header, layout };
}

function entriesOf(text: string, version: string, uri: string, textOffset: number) {
  let literal: Literal;
  try {
    literal = parseLiteral(text, { longIntegers: version !== "3.0" });
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    throw fault(uri, `its header is no dict: ${error.message} (character ${error.at})`, textOffset);
  }
  const entries = literal.kind === "dict" ? literal.entries : new Map<string, Literal>();
  const [descr, fortran, shape] = ["descr", "fortran_order", "shape"].map((key) => entries.get(key));
  if (!descr || !fortran || !shape || entries.size !== 3) {
    const keys = [...entries.keys()].join(", ").slice(0, 100);
    throw fault(
      uri,
      `its header has the keys ${keys}, not exactly descr, fortran_order and shape`,
      textOffset,
    );
  }
  return { descr, fortran, shape };
}

function tooLong(uri: string, length: number, most: number): FormatError {
  return new FormatError({
    operation: OPERATION,
    uri,
    detail: `its header has ${length} characters, more than the ${most} that are read`,
    advice: "raise maxHeader where it is to be trusted",
  });
}

function fault(uri: string, detail: string, offset: number): FormatError {
  return new FormatError({ operation: OPERATION, uri, detail, offset });
}
