/** The bytes of a key for SSE-C, or `undefined` where it is none. */
export function customerKey(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value.length === 32 ? value : undefined;
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]{43}=$/.test(value)) return undefined;
  return Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
}
