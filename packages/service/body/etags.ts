import type { ResponseHeaders } from "@lade/service/http";

/** The etag of an answer without its quotes. */
export function readEtag(headers: ResponseHeaders): string | undefined {
  return unquoteEtag(headers.get("etag"));
}

/** An etag without its quotes, and without the mark of a weak one; `undefined` for none. */
export function unquoteEtag(etag: string | undefined): string | undefined {
  if (etag === undefined) return undefined;
  const start = etag.startsWith("W/") ? 2 : 0;
  const quoted = etag.length > start + 1 && etag.charAt(start) === '"' && etag.endsWith('"');
  return (quoted ? etag.slice(start + 1, -1) : etag) || undefined;
}

/** An etag as conditions have it. */
export function quoteEtag(etag: string): string {
  return etag === "*" ? etag : `"${etag}"`;
}
