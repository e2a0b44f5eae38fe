import { ProtocolError } from "./wire_error.ts";
import { ResponseHeaders } from "./response_headers.ts";
import type { ResponseLimits } from "./response_limits.ts";

/** A parsed head. */
export interface ResponseHead {
  /** The digit after `HTTP/1.`. */
  readonly minorVersion: number;
  /** Status code, 100 to 599. */
  readonly status: number;
  /** Header lines. */
  readonly headers: ResponseHeaders;
}

const STATUS_LINE = /HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;
const HEADER_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n/y;
const utf8 = new TextDecoder();

/**
 * Parses one whole head, from the status line to the empty line, by the grammar of RFC 9112 and nothing beyond it:
 * no folded line, no space before a colon, no control character, no line end but CR LF.
 */
export function parseResponseHead(bytes: Uint8Array, limits: ResponseLimits): ResponseHead {
  const text = decodeLatin1(bytes);
  STATUS_LINE.lastIndex = 0;
  const line = STATUS_LINE.exec(text);
  if (!line) throw new ProtocolError("the status line cannot be understood");
  const headers = parseHeaders(text, STATUS_LINE.lastIndex, limits);
  return { minorVersion: Number(line[1]), status: Number(line[2]), headers };
}

/** Parses the header lines of `text` from `start` to the empty line, which must be its end. */
export function parseHeaders(text: string, start: number, limits: ResponseLimits): ResponseHeaders {
  const names: string[] = [];
  const values: string[] = [];
  const end = text.length - 2;
  for (let at = start; at < end; at = HEADER_LINE.lastIndex) {
    HEADER_LINE.lastIndex = at;
    // Unlike `exec`, `test` makes no record of what it finds.
    if (!HEADER_LINE.test(text)) throw new ProtocolError("a header line cannot be understood");
    if (names.length >= limits.maxHeaders) {
      throw new ProtocolError(`the head has more than ${limits.maxHeaders} headers`);
    }
    const colon = text.indexOf(":", at);
    names.push(text.slice(at, colon).toLowerCase());
    values.push(valueOf(text, colon + 1, HEADER_LINE.lastIndex - 2));
  }
  return new ResponseHeaders(names, values);
}

/** A value without the blanks around it. */
function valueOf(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (start < end && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** One character for each byte. */
export function decodeLatin1(bytes: Uint8Array): string {
  // UTF-8 decoding is native and gives the same text for ASCII, which heads are but for odd metadata.
  const text = utf8.decode(bytes);
  if (text.length === bytes.length && !text.includes("\ufffd")) return text;
  let latin1 = "";
  for (let i = 0; i < bytes.length; i += 4_096) {
    latin1 += String.fromCharCode(...bytes.subarray(i, i + 4_096));
  }
  return latin1;
}
