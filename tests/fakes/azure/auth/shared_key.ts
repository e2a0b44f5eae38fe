import { createHmac } from "node:crypto";
import type { HeaderList } from "@lade/testing/http";
import { parseQuery } from "./uri_encoding.ts";

/** What is signed of a request. */
export interface SignedParts {
  /** The method. */
  readonly method: string;
  /** The path as sent. */
  readonly rawPath: string;
  /** The query as sent. */
  readonly rawQuery: string;
  /** The header fields. */
  readonly headers: HeaderList;
}

/** Header fields that are signed by their place alone, in order (Authorize with Shared Key). */
const PLACES = [
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

/** What a request's signature by an account's key signs, for service versions since 2015-02-21. */
export function stringToSign({ method, rawPath, rawQuery, headers }: SignedParts, account: string): string {
  const placed = PLACES.map((name) => {
    const value = headers.get(name) ?? "";
    if (name === "content-length" && value === "0") return "";
    return name === "date" && headers.has("x-ms-date") ? "" : value;
  });
  const named = [...headers.names()].filter((name) => name.startsWith("x-ms-")).sort(compareNames);
  // Runs of spaces stay as they are: what the reference calls linear whitespace is the end of a folded line.
  const fields = named.map((name) => `${name}:${(headers.get(name) ?? "").trim()}\n`);
  const query = [...parseQuery(rawQuery)].sort(([a], [b]) => a < b ? -1 : 1);
  const resource = `/${account}${rawPath}${query.map(([name, value]) => `\n${name}:${value}`).join("")}`;
  return `${[method, ...placed].join("\n")}\n${fields.join("")}${resource}`;
}

/** The signature of a text by a key in base64. */
export function signText(text: string, key: string): string {
  return createHmac("sha256", Uint8Array.fromBase64(key)).update(text, "utf8").digest("base64");
}

/**
 * Compares two header names as the service sorts them, by the rules of a culture: hyphens count only where all else is
 * equal, then an underscore comes before digits, and digits before letters.
 */
export function compareNames(a: string, b: string): number {
  const weight = (name: string) => name.replaceAll("-", "").replaceAll("_", " ");
  const [left, right] = [weight(a), weight(b)];
  if (left !== right) return left < right ? -1 : 1;
  // Of two names that differ by hyphens alone, the one whose first hyphen comes later is the first.
  const start = [...a].findIndex((character, index) => character !== b[index]);
  return a === b ? 0 : hyphenAt(b, start) - hyphenAt(a, start);
}

function hyphenAt(name: string, start: number): number {
  const at = name.indexOf("-", start);
  return at < 0 ? name.length + 1 : at;
}
