import { Buffer } from "node:buffer";
import { S3Error } from "../s3_error.ts";

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
const ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return UNRESERVED.test(char) ? char : "%" + byte.toString(16).toUpperCase().padStart(2, "0");
});
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Percent-encodes every byte of the UTF-8 form but the unreserved ones, as Signature Version 4 asks; `keep`
 * is left alone.
 */
export function encodeUri(text: string, keep = ""): string {
  let encoded = "";
  for (const byte of encoder.encode(text)) {
    const char = String.fromCharCode(byte);
    encoded += keep.includes(char) ? char : ESCAPES[byte];
  }
  return encoded;
}

/** Decodes percent-encoding and, as the service does in paths and queries alike, a plus into a space. */
export function decodeUri(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "%") {
      const hex = text.slice(i + 1, i + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) throw new S3Error("InvalidURI");
      bytes.push(parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(char === "+" ? 32 : text.charCodeAt(i));
    }
  }
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    throw new S3Error("InvalidURI");
  }
}

/** The pairs of a query string, decoded, in the order sent. */
export function parseQuery(rawQuery: string): [name: string, value: string][] {
  return rawQuery.split("&").filter((pair) => pair !== "").map((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 0) return [decodeUri(pair), ""];
    return [decodeUri(pair.slice(0, equals)), decodeUri(pair.slice(equals + 1))];
  });
}

/** The bytes of a string of latin-1 characters. */
export function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
