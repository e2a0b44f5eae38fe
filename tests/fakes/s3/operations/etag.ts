/** An ETag as it is written into header fields. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** An ETag without its quotes, which the service does not insist on. */
export function unquoted(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/s, "$1");
}

/** Whether a list of ETags, or `*`, names this one. */
export function etagMatches(list: string, etag: string): boolean {
  return list.split(",").some((item) => item.trim() === "*" || unquoted(item) === etag);
}
