/** A text as UTF-8, in which it is put to a URI; one that is no Unicode is a `TypeError`. */
export function textBytes(uri: string, text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  throw new TypeError(
    `Cannot put ${JSON.stringify(uri)}: the text holds a lone surrogate, which UTF-8 has not`,
  );
}
