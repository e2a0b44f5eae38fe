/** Turns the byte order of values of `width` bytes (one has no order) that lie one after the other, in place. */
export function swapBytes(bytes: Uint8Array, width: 1 | 2 | 4 | 8): void {
  if (width === 1) return;
  const { buffer, byteOffset, length } = bytes;
  if (byteOffset % Math.min(width, 4) !== 0) return swapUnaligned(bytes, width);
  if (width === 2) {
    const values = new Uint16Array(buffer, byteOffset, length >> 1);
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      values[index] = value << 8 | value >> 8;
    }
    return;
  }
  const words = new Uint32Array(buffer, byteOffset, length >> 2);
  if (width === 4) {
    for (let index = 0; index < words.length; index++) words[index] = swapped(words[index] as number);
    return;
  }
  for (let index = 0; index + 1 < words.length; index += 2) {
    const low = words[index] as number;
    words[index] = swapped(words[index + 1] as number);
    words[index + 1] = swapped(low);
  }
}

function swapped(word: number): number {
  return word << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24;
}

function swapUnaligned(bytes: Uint8Array, width: number): void {
  for (let start = 0; start + width <= bytes.length; start += width) {
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const value = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = value;
    }
  }
}
