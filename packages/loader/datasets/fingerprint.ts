import { createHash } from "node:crypto";
import type { ObjectStore } from "@lade/core";

/** A short text that differs where any of `parts` does, or where one ends and the next begins: 22 characters of SHA-256. */
export function fingerprintOf(kind: string, parts: Iterable<Uint8Array | string | number>): string {
  const hash = createHash("sha256").update(JSON.stringify(kind));
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part : new TextEncoder().encode(JSON.stringify(part));
    hash.update(`\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("base64url").slice(0, 22);
}

/**
 * The tag of an object, where it is of the content: that of a local file is of its place and its times, and another one on
 * each machine that has a copy.
 */
export function contentTag({ uri }: Pick<ObjectStore, "uri">, etag: string | undefined): string {
  return etag === undefined || /^(?:file|direct):/.test(uri) ? "" : etag;
}

/** The last part of a key: what lies elsewhere under the same names is the same data set. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
