import { isUtf8 } from "node:buffer";
import type { Column } from "./column.ts";

/**
 * Whether all of a column's bytes are UTF-8, and none of its rows begins or ends within a character: `offsets` tell where each
 * begins, and where the last one ends.
 */
export function isText(bytes: Uint8Array, offsets: ArrayLike<number>): boolean {
  if (!isUtf8(bytes)) return false;
  const { length } = bytes;
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row] as number;
    if (at < length && ((bytes[at] as number) & 0xc0) === 0x80) return false;
  }
  return true;
}

/** Refuses a column of text, for a writer, of which a row is no UTF-8: a `TypeError`. */
export function checkText({ field: { name }, values, offsets = new Int32Array(0) }: Column): void {
  if (isText(values as Uint8Array, offsets)) return;
  throw new TypeError(`column "${name}" of string has a text that is no UTF-8`);
}
