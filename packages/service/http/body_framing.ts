import type { ResponseHead } from "./parse_response_head.ts";
import { ProtocolError } from "./wire_error.ts";

/** How the end of a body is known, and whether the connection can carry another request after it. */
export interface BodyFraming {
  /** By a count, by chunks, or by the connection's end. */
  readonly kind: "length" | "chunked" | "until-close";
  /** Bytes of the body for `"length"`, else -1. */
  readonly length: number;
  /** Whether the connection stays open after the body. */
  readonly keepAlive: boolean;
}

const DIGITS = /^\d{1,16}$/;

/**
 * Decides how the body of a final answer is framed (RFC 9112 section 6.3). Whatever two readers could take
 * differently, the ground of response smuggling, is refused: a length beside a transfer coding, lengths that differ,
 * a coding other than `chunked`.
 */
export function decideFraming(method: string, head: ResponseHead): BodyFraming {
  const { headers, status } = head;
  const keepAlive = staysOpen(head);
  const coding = headers.get("transfer-encoding");
  const length = parseLength(headers.get("content-length"));
  if (coding !== undefined) {
    if (length !== undefined) {
      throw new ProtocolError("the answer has both content-length and transfer-encoding");
    }
    if (head.minorVersion === 0) throw new ProtocolError("an answer of HTTP/1.0 has transfer-encoding");
    if (coding.toLowerCase() !== "chunked") throw new ProtocolError("the transfer coding is not chunked");
  }
  if (method === "HEAD" || status === 304) return { kind: "length", length: 0, keepAlive };
  if (status === 204) {
    // No body by definition. A service that announces one may send it, so nothing is read after it.
    return { kind: "length", length: 0, keepAlive: keepAlive && !coding && !length };
  }
  if (coding !== undefined) return { kind: "chunked", length: -1, keepAlive };
  if (length !== undefined) return { kind: "length", length, keepAlive };
  return { kind: "until-close", length: -1, keepAlive: false };
}

function staysOpen(head: ResponseHead): boolean {
  const connection = head.headers.get("connection")?.toLowerCase();
  if (connection === undefined) return head.minorVersion === 1;
  const options = connection.split(",").map((option) => option.trim());
  if (options.includes("close")) return false;
  return head.minorVersion === 1 || options.includes("keep-alive");
}

function parseLength(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const lengths = text.split(", ");
  const [first = ""] = lengths;
  const length = Number(first);
  if (!DIGITS.test(first) || !Number.isSafeInteger(length)) {
    throw new ProtocolError("content-length is no number of bytes");
  }
  if (lengths.some((other) => other !== first)) throw new ProtocolError("the answer has several lengths");
  return length;
}
