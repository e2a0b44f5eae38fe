import { HmacKey, Sha256 } from "@lade/codec/hash";
import type { UnauthorizedRequest } from "@lade/service/call";

/** Headers whose values are signed by their place, in this order. */
const PLACED = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-modified-since",
  "if-match",
  "if-none-match",
  "if-unmodified-since",
  "range",
];
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Signs texts by HMAC-SHA-256 with a key in base64, and gives the signature in base64. */
export class Base64Signer {
  readonly #key: HmacKey;

  /** Takes the key, which is a `TypeError` where it is no base64; the message does not show it. */
  constructor(key: string) {
    if (!BASE64.test(key) || key.length % 4 !== 0) throw new TypeError("the account key is not in base64");
    this.#key = new HmacKey(new Sha256(), Uint8Array.from(atob(key), (char) => char.charCodeAt(0)));
  }

  /** The signature of a text. */
  sign(text: string): string {
    return btoa(String.fromCharCode(...this.#key.digest(text)));
  }
}

/**
 * What a signature by an account's key covers ("Authorize with Shared Key" of the service's reference, version 2015-02-21
 * and later). Path and query are taken in the form in which they are sent.
 */
export function stringToSign(
  { method, path, query, headers, body }: UnauthorizedRequest,
  account: string,
): string {
  let text = method;
  for (const name of PLACED) {
    text += `\n${name === "content-length" ? lengthOf(body) || "" : headers[name] ?? ""}`;
  }
  const own = Object.keys(headers).filter((name) => name.startsWith("x-ms-")).sort(compareHeaders);
  for (const name of own) text += `\n${name}:${headers[name]?.trim()}`;
  return `${text}\n/${account}${path}${query && canonicalQuery(query)}`;
}

/** Names in lower case and ascending, each with its values, ascending too where it has several. */
function canonicalQuery(query: string): string {
  const values = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    const at = pair.indexOf("=");
    if (pair === "") continue;
    const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at)).toLowerCase();
    const value = at < 0 ? "" : decodeURIComponent(pair.slice(at + 1));
    values.set(name, [...values.get(name) ?? [], value]);
  }
  return [...values.keys()].sort().map((name) => `\n${name}:${values.get(name)?.sort()}`).join("");
}

function lengthOf(body: UnauthorizedRequest["body"]): number {
  if (body === undefined || body instanceof Uint8Array) return body?.length ?? 0;
  return body.reduce((sum, { length }) => sum + length, 0);
}

/**
 * The order in which the service signs names of headers, in lower case: as .NET compares them by the rules of English. A
 * hyphen counts only between names that are otherwise the same, and an underscore comes before the digits.
 */
export function compareHeaders(one: string, other: string): number {
  for (let i = 0, j = 0;; i++, j++) {
    while (one[i] === "-") i++;
    while (other[j] === "-") j++;
    const difference = weightAt(one, i) - weightAt(other, j);
    if (difference !== 0) return difference;
    if (i >= one.length) break;
  }
  for (let i = 0; i < one.length; i++) {
    if (one[i] !== other[i]) return one[i] === "-" ? 1 : -1;
  }
  return one.length - other.length;
}

function weightAt(name: string, at: number): number {
  return at >= name.length ? 0 : name[at] === "_" ? 1 : name.charCodeAt(at);
}
