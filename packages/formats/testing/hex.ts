/** The bytes that pairs of hexadecimal digits stand for; spaces and line ends between them are passed over. */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text.replace(/\s+/g, ""));
}
