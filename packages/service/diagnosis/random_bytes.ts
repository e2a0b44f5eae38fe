/** Most bytes that one call gives. */
const MOST = 2 ** 16;

/** Bytes that nothing on their way can compress. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += MOST) crypto.getRandomValues(bytes.subarray(at, at + MOST));
  return bytes;
}
