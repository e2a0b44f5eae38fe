/** Turns the bytes of each number around, in place. */
export function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  for (let at = 0; size > 1 && at + size <= bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const byte = bytes[low] ?? 0;
      bytes[low] = bytes[high] ?? 0;
      bytes[high] = byte;
    }
  }
  return bytes;
}
