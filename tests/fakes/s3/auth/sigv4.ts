/**
 * Signature Version 4 as the Amazon S3 API reference describes it ("Signature Calculations for the
 * Authorization Header",
 * "Authenticating Requests: Using Query Parameters" and the two pages on chunked uploads). Pure functions;
 * strings hold one
 * character a byte.
 */
import { createHash, createHmac } from "node:crypto";
import { encodeUri, latin1 } from "./uri_encoding.ts";

/** The algorithm's name in every string that is signed. */
export const ALGORITHM = "AWS4-HMAC-SHA256";
/** The SHA-256 of nothing, in hexadecimal. */
export const EMPTY_SHA256 = sha256Hex(new Uint8Array(0));

/** The scope of a signature: day, region and service. */
export interface Scope {
  /** `YYYYMMDD`. */
  date: string;
  /** The region signed for. */
  region: string;
  /** The service signed for. */
  service: string;
}

/** What of a request is signed. */
export interface SignedFields {
  /** The method. */
  method: string;
  /** The path, decoded. */
  path: string;
  /** The query, decoded, without the signature itself. */
  query: readonly (readonly [name: string, value: string])[];
  /** The signed fields: lower-case names in order, raw values. */
  headers: readonly (readonly [name: string, values: readonly string[]])[];
  /** The payload's SHA-256 in hexadecimal, or one of the words that stand for it. */
  payloadHash: string;
}

/** The canonical request. */
export function canonicalRequest(fields: SignedFields): string {
  const query = fields.query
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = fields.headers.map(([name, values]) => `${name}:${values.map(trimAll).join(",")}\n`).join(
    "",
  );
  const names = fields.headers.map(([name]) => name).join(";");
  return [fields.method, encodeUri(fields.path, "/"), query, headers, names, fields.payloadHash].join("\n");
}

/** The string to sign for a request. */
export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  return [ALGORITHM, timestamp, scopeText(scope), sha256Hex(latin1(canonical))].join("\n");
}

/** The string to sign for one chunk of a signed streaming body, by the SHA-256 of its bytes. */
export function chunkStringToSign(
  timestamp: string,
  scope: Scope,
  previous: string,
  chunkHash: string,
): string {
  return [`${ALGORITHM}-PAYLOAD`, timestamp, scopeText(scope), previous, EMPTY_SHA256, chunkHash].join("\n");
}

/**
 * The string to sign for the trailer of a signed streaming body; `trailer` is `name:value\n` for each field.
 */
export function trailerStringToSign(
  timestamp: string,
  scope: Scope,
  previous: string,
  trailer: string,
): string {
  return [`${ALGORITHM}-TRAILER`, timestamp, scopeText(scope), previous, sha256Hex(latin1(trailer))].join(
    "\n",
  );
}

/** The key that signs everything in a scope. */
export function signingKey(secretAccessKey: string, scope: Scope): Uint8Array {
  return [scope.date, scope.region, scope.service, "aws4_request"].reduce<Uint8Array>(
    (key, part) => hmac(key, part),
    new TextEncoder().encode(`AWS4${secretAccessKey}`),
  );
}

/** The signature of a string to sign, in hexadecimal. */
export function sign(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(latin1(text)).digest("hex");
}

/** A SHA-256 in hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The scope as it is written into credentials and signed strings. */
export function scopeText(scope: Scope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function trimAll(value: string): string {
  return value.trim().replace(/ +/g, " ");
}
