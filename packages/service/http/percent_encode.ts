const PLAIN = /^[A-Za-z0-9\-._~]*$/;
const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;

/** Percent-encodes every byte of `text` but the unreserved characters of RFC 3986, as signed requests want it. */
export function encodeStrict(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Percent-encodes a key as a path: like {@linkcode encodeStrict}, with slashes kept and no segment resolved. */
export function encodePath(key: string): string {
  return PLAIN_PATH.test(key) ? key : encodeStrict(key).replaceAll("%2F", "/");
}

/** Builds a query string in canonical order. Absent values are left out, empty ones stay as `name=`. */
export function encodeQuery(query: Readonly<Record<string, string | undefined>>): string {
  const pairs: string[] = [];
  for (const name of Object.keys(query)) {
    const value = query[name];
    if (value !== undefined) pairs.push(`${encodeStrict(name)}=${encodeStrict(value)}`);
  }
  return pairs.length < 2 ? pairs.join("") : pairs.sort(byName).join("&");
}

/** Names are compared up to `=`, which sorts after digits and some signs. */
function byName(a: string, b: string): number {
  const x = a.slice(0, a.indexOf("="));
  const y = b.slice(0, b.indexOf("="));
  return x < y ? -1 : x > y ? 1 : 0;
}
