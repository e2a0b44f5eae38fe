import { isUtf8 } from "node:buffer";

/** Asserts that each row's bytes are UTF-8: all of them together, and that no row begins within a character. */
export function checkText(values: Uint8Array, offsets: Int32Array, fault: (detail: string) => Error): void {
  if (!isUtf8(values)) throw fault("has text that is no UTF-8");
  const { length } = values;
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row] ?? 0;
    if (at < length && ((values[at] ?? 0) & 0xc0) === 0x80) throw fault("has text that is no UTF-8");
  }
}
