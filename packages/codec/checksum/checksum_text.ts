/** The base64 form of an unsigned integer of `size` bytes, the highest first. */
export function integerToBase64(value: bigint, size: number): string {
  return btoa(String.fromCharCode(...Uint8Array.from({ length: size }, (_, index) => {
    return Number(value >> BigInt(8 * (size - 1 - index)) & 0xffn);
  })));
}

/** The integer that {@linkcode integerToBase64} wrote; `algorithm` is named when there is none. */
export function integerFromBase64(text: string, size: number, algorithm: string): bigint {
  try {
    const bytes = Array.from(atob(text), (character) => BigInt(character.charCodeAt(0)));
    const value = bytes.reduce((sum, byte) => sum << 8n | byte, 0n);
    // The decoder ignores spaces, missing padding and stray bits; two texts of one value are not welcome here.
    if (integerToBase64(value, size) === text) return value;
  } catch {
    // Not base64: said below.
  }
  throw new TypeError(`Cannot parse "${text}" as a ${algorithm}: expected ${size} bytes in base64`);
}

/** The form in lower-case hexadecimal digits, two per byte. */
export function integerToHex(value: bigint, size: number): string {
  return value.toString(16).padStart(2 * size, "0");
}

/** The integer that {@linkcode integerToHex} wrote, in either case; `algorithm` is named when there is none. */
export function integerFromHex(text: string, size: number, algorithm: string): bigint {
  if (text.length === 2 * size && /^[0-9a-f]+$/i.test(text)) return BigInt(`0x${text}`);
  throw new TypeError(`Cannot parse "${text}" as a ${algorithm}: expected ${2 * size} hexadecimal digits`);
}
