import type { NdArray } from "./nd_array.ts";

/** The bytes of an array, the last index changing fastest: a view where they lie so, else a copy. */
export function inCOrder({ data, shape, order }: NdArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const count = shape.reduce((product, length) => product * length, 1);
  if (order === "C" || shape.length < 2 || count === 0) return bytes;
  const size = bytes.length / count;
  const unit = size % 4 === 0 ? 4 : size % 2 === 0 ? 2 : 1;
  const wordsOf = (buffer: ArrayBufferLike, offset: number) => {
    const Words = unit === 4
      ? Uint32Array<ArrayBufferLike>
      : unit === 2
      ? Uint16Array<ArrayBufferLike>
      : Uint8Array<ArrayBufferLike>;
    return new Words(buffer, offset, bytes.length / unit);
  };
  const width = size / unit;
  const from = wordsOf(bytes.buffer, bytes.byteOffset);
  const to = wordsOf(new ArrayBuffer(bytes.length), 0);
  let stride = 1;
  const strides = shape.map((length) => {
    const own = stride;
    stride *= length;
    return own;
  });
  const index = shape.map(() => 0);
  let place = 0;
  for (let at = 0; at < to.length; at += width) {
    for (let word = 0; word < width; word++) to[at + word] = from[place * width + word] ?? 0;
    for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
      const next = (index[dimension] ?? 0) + 1;
      place += strides[dimension] ?? 0;
      if (next < (shape[dimension] ?? 0)) {
        index[dimension] = next;
        break;
      }
      place -= (strides[dimension] ?? 0) * next;
      index[dimension] = 0;
    }
  }
  return new Uint8Array(to.buffer);
}
