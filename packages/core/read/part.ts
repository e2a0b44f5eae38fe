/** Bytes `start` to `end` of a view. Making another view takes longer than a look whether it is needed. */
export function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}
