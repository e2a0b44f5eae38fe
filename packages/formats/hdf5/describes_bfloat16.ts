/**
 * How HDF5 writes of a number of two bytes that it is a bfloat16: 2 bytes, from bit 0, 16 bits, an exponent of 8 bits from bit
 * 7, a mantissa of 7 bits from bit 0, a bias of 127. See "Datatype Message" of the format's description.
 */
const MARK = Uint8Array.of(2, 0, 0, 0, 0, 0, 16, 0, 7, 8, 0, 7, 127, 0, 0, 0);
const BIAS = 12;

/** Whether a file may have a type that is bfloat16, which the library takes for any number of two bytes. */
export function describesBfloat16(file: Uint8Array): boolean {
  for (let at = file.indexOf(127, BIAS); at >= 0; at = file.indexOf(127, at + 1)) {
    if (MARK.every((byte, index) => file[at - BIAS + index] === byte)) return true;
  }
  return false;
}
