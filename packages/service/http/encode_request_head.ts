import type { RequestTarget } from "./parse_target.ts";
import type { RequestPayload } from "./request_payload.ts";
import type { HeaderList } from "./transport.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const encoder = new TextEncoder();

/** The headers of one try, checked. */
export interface CheckedHeaders {
  /** Header lines, without those that follow from the request itself. */
  readonly lines: HeaderList;
  /** The `host` header, where one was given. */
  readonly host: string | undefined;
  /** Whether `expect: 100-continue` was among them. */
  readonly expectsContinue: boolean;
}

/**
 * Checks that headers can be sent as they are: names are tokens, values hold no line end or other control character,
 * and none belongs to the connection. A header that fails is a `TypeError`, which shows no value.
 */
export function checkHeaders(headers: HeaderList, payload: RequestPayload): CheckedHeaders {
  let lines: (readonly [string, string])[] | undefined;
  let host: string | undefined;
  let expectsContinue = false;
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i];
    if (!header) continue;
    const [name, value] = header;
    if (!TOKEN.test(name)) {
      throw new TypeError(`Cannot send a header: ${JSON.stringify(name)} is no header name`);
    }
    if (!VALUE.test(value)) {
      throw new TypeError(
        `Cannot send the header "${name}": its value holds a character that no header can carry`,
      );
    }
    const owned = OWNED.get(name.length)?.get(name.toLowerCase());
    if (owned === undefined) {
      lines?.push(header);
      continue;
    }
    lines ??= headers.slice(0, i);
    if (owned === "host") host = value;
    else if (owned === "expect" && value.toLowerCase() === "100-continue") expectsContinue = true;
    else if (owned !== "length" || value !== String(payload.length)) throw refuse(name, payload);
  }
  return { lines: lines ?? headers, host, expectsContinue };
}

/** Throws a `TypeError` for what is no method. */
export function checkMethod(method: string): void {
  if (TOKEN.test(method)) return;
  throw new TypeError(`Cannot send a request: ${JSON.stringify(method)} is no method`);
}

/** The bytes of a request's head. */
export function encodeRequestHead(
  method: string,
  target: RequestTarget,
  headers: CheckedHeaders,
  payload: RequestPayload,
  expectContinue: boolean,
): Uint8Array<ArrayBuffer> {
  let text = `${method} ${target.path} HTTP/1.1\r\nhost: ${headers.host ?? target.host}\r\n`;
  for (const [name, value] of headers.lines) text += `${name}: ${value}\r\n`;
  if (payload.present || METHODS_WITH_BODY.has(method)) text += `content-length: ${payload.length}\r\n`;
  if (expectContinue) text += "expect: 100-continue\r\n";
  return encodeLatin1(`${text}\r\n`);
}

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(["PUT", "POST", "PATCH"]);

// By length first, so that other headers, which are nearly all, need no lower-casing.
const OWNED = new Map<number, Map<string, "host" | "expect" | "length" | "refused">>();
for (
  const [name, kind] of [
    ["host", "host"],
    ["expect", "expect"],
    ["content-length", "length"],
    ["connection", "refused"],
    ["keep-alive", "refused"],
    ["proxy-connection", "refused"],
    ["te", "refused"],
    ["trailer", "refused"],
    ["transfer-encoding", "refused"],
    ["upgrade", "refused"],
  ] as const
) {
  const names = OWNED.get(name.length) ?? new Map();
  OWNED.set(name.length, names.set(name, kind));
}

function refuse(name: string, payload: RequestPayload): TypeError {
  const why = name.toLowerCase() === "content-length"
    ? `the body has ${payload.length} bytes`
    : "the transport decides it";
  return new TypeError(`Cannot send the header "${name}" as given: ${why}`);
}

function encodeLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  const { read } = encoder.encodeInto(text, bytes);
  // UTF-8 and Latin-1 are the same for ASCII; other characters would need more bytes than there are.
  if (read === text.length) return bytes;
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
