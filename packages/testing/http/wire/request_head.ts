import { Buffer } from "node:buffer";
import { FramingError } from "./byte_reader.ts";
import { HeaderList } from "./header_list.ts";

/** How the body of a request is delimited. */
export type BodyFraming = { kind: "none" } | { kind: "length"; length: number } | { kind: "chunked" };

/** The request line and header fields of one request, checked against RFC 9112. */
export interface RequestHead {
  /** Upper-case method. */
  method: string;
  /** The target as sent. */
  target: string;
  /** The target before any `?`, still percent-encoded. */
  rawPath: string;
  /** The target after the first `?`, or an empty string. */
  rawQuery: string;
  /** The header fields. */
  headers: HeaderList;
  /** How the body is delimited. */
  framing: BodyFraming;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  expectsContinue: boolean;
  /** Whether the client asks that the connection be closed. */
  close: boolean;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Parses what precedes the empty line of a request; anything that is not exactly HTTP/1.1 in origin form is a
 * {@linkcode FramingError}.
 */
export function parseRequestHead(bytes: Uint8Array): RequestHead {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").split("\r\n");
  const requestLine = /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.1$/.exec(lines[0] ?? "");
  if (requestLine === null) throw new FramingError("the request line is malformed");
  const [, method = "", target = ""] = requestLine;
  if (target.includes("#")) throw new FramingError("the request target has a fragment");
  const headers = new HeaderList();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new FramingError("a header field is malformed");
    headers.append(name, value);
  }
  if (headers.getAll("host").length !== 1) throw new FramingError("there is not exactly one Host field");
  const question = target.indexOf("?");
  return {
    method,
    target,
    rawPath: question < 0 ? target : target.slice(0, question),
    rawQuery: question < 0 ? "" : target.slice(question + 1),
    headers,
    framing: framingOf(headers),
    expectsContinue: headers.get("expect")?.toLowerCase() === "100-continue",
    close: /\bclose\b/i.test(headers.get("connection") ?? ""),
  };
}

function framingOf(headers: HeaderList): BodyFraming {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding !== undefined) {
    if (length !== undefined) throw new FramingError("both Content-Length and Transfer-Encoding are present");
    if (coding.toLowerCase() !== "chunked") throw new FramingError("the transfer coding is not chunked");
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "none" };
  const value = Number(length);
  if (!/^\d+$/.test(length) || !Number.isSafeInteger(value)) {
    throw new FramingError("Content-Length is not a number");
  }
  return { kind: "length", length: value };
}
