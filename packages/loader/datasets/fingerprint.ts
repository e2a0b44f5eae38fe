import { createHash } from "node:crypto";

/** A short text that differs where any of `parts` does, or where one ends and the next begins: 22 characters of SHA-256. */
export function fingerprintOf(kind: string, parts: Iterable<Uint8Array | string | number>): string {
  const hash = createHash("sha256").update(JSON.stringify(kind));
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part : new TextEncoder().encode(JSON.stringify(part));
    hash.update(`\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("base64url").slice(0, 22);
}
