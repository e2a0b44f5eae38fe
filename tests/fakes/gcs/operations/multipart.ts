import { HeaderList } from "@lade/testing/http";
import { GcsError } from "../gcs_error.ts";

/** One part of a multipart body. */
export interface BodyPart {
  /** Its header fields. */
  readonly headers: HeaderList;
  /** Its bytes. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The parts of a body of a `multipart` type (RFC 2046, section 5.1.1), each delimited to the byte. */
export function splitMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
  subtype: string,
): BodyPart[] {
  const [, type, boundary] = /^multipart\/([a-z]+)\s*;.*?boundary="?([^";]+)"?/i.exec(contentType) ?? [];
  if (type?.toLowerCase() !== subtype || boundary === undefined) {
    throw new GcsError(
      "InvalidArgument",
      `Bad content type: ${contentType}. Please use multipart/${subtype}.`,
    );
  }
  const mark = new TextEncoder().encode(`--${boundary}`);
  const parts: BodyPart[] = [];
  let at = startsWith(bytes, mark, 0) ? mark.length : -1;
  while (at >= 0) {
    if (bytes[at] === 45 && bytes[at + 1] === 45) return parts;
    if (bytes[at] !== 13 || bytes[at + 1] !== 10) break;
    const end = find(bytes, new TextEncoder().encode(`\r\n--${boundary}`), at);
    if (end < 0) break;
    parts.push(readPart(bytes.subarray(at + 2, end)));
    at = end + 2 + mark.length;
  }
  throw new GcsError("InvalidArgument", "Missing end boundary in multipart body.");
}

/** The header fields of lines. */
export function readFields(lines: readonly string[]): HeaderList {
  const headers = new HeaderList();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new GcsError("InvalidArgument", "Malformed multipart body.");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Cuts at the first empty line. */
export function cutHead(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly lines: string[]; readonly body: Uint8Array<ArrayBuffer> } {
  if (startsWith(bytes, new Uint8Array([13, 10]), 0)) return { lines: [], body: bytes.subarray(2) };
  const end = find(bytes, new TextEncoder().encode("\r\n\r\n"), 0);
  if (end < 0) throw new GcsError("InvalidArgument", "Malformed multipart body.");
  const lines = new TextDecoder("latin1").decode(bytes.subarray(0, end)).split("\r\n");
  return { lines, body: bytes.subarray(end + 4) };
}

function readPart(bytes: Uint8Array<ArrayBuffer>): BodyPart {
  const { lines, body } = cutHead(bytes);
  return { headers: readFields(lines), body };
}

function find(bytes: Uint8Array, mark: Uint8Array, from: number): number {
  const first = mark[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (startsWith(bytes, mark, at)) return at;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, mark: Uint8Array, at: number): boolean {
  return mark.every((byte, index) => bytes[at + index] === byte);
}
