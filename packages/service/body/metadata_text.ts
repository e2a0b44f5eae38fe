const PLAIN = /^(?! )[\x20-\x7e]*(?<! )$/;
const OUTSIDE_ASCII = /[\x80-\xff]/;
const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?\s]*)\?=/gi;

/**
 * The form in which a metadata value travels in a header: itself where it is plain ASCII, else an encoded word of RFC
 * 2047 in UTF-8, as Amazon S3 gives back what is not ASCII.
 */
export function encodeMetadata(value: string): string {
  if (PLAIN.test(value) && !value.includes("=?")) return value;
  const bytes = new TextEncoder().encode(value);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `=?UTF-8?B?${btoa(text)}?=`;
}

/** The value that {@linkcode encodeMetadata} was given; also that of raw UTF-8, which some writers send. */
export function decodeMetadata(text: string): string {
  if (OUTSIDE_ASCII.test(text)) return decodeUtf8(text);
  if (!text.includes("=?")) return text;
  const words = text.replace(/(=\?utf-8\?[bq]\?[^?\s]*\?=)\s+(?==\?utf-8\?)/gi, "$1");
  try {
    return words.replace(
      ENCODED_WORD,
      (all, form: string, body: string) =>
        utf8(form.toLowerCase() === "b" ? atob(body) : unquote(body)) ?? all,
    );
  } catch {
    return text;
  }
}

function unquote(body: string): string {
  return body.replaceAll("_", " ").replace(
    /=([0-9A-Fa-f]{2})/g,
    (_, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
}

/** The text whose UTF-8 bytes came as characters up to U+00FF; what came itself where they are no UTF-8. */
export function decodeUtf8(bytes: string): string {
  return OUTSIDE_ASCII.test(bytes) ? utf8(bytes) ?? bytes : bytes;
}

/** The text of which `bytes` holds the UTF-8 bytes as characters up to U+00FF. */
function utf8(bytes: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
