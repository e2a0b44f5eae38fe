/** Throws a `TypeError` for a key or a prefix that is no text. */
export function needText(key: string): void {
  if (typeof key === "string") return;
  throw new TypeError(`A key is a text, and not of type ${key === null ? "null" : typeof key}`);
}
