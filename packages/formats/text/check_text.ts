import { isUtf8 } from "node:buffer";
import type { Column } from "../table/column.ts";

/** Refuses a column of text of which a row is no UTF-8: a `TypeError`. */
export function checkText({ field: { name }, values, offsets, length }: Column): void {
  const bytes = values as Uint8Array;
  let whole = isUtf8(bytes);
  // All together may be, and be parted within a letter.
  for (let row = 0; whole && row < length; row++) {
    whole = ((bytes[offsets?.[row] ?? 0] ?? 0) & 0xc0) !== 0x80 || offsets?.[row] === offsets?.[row + 1];
  }
  if (!whole) throw new TypeError(`column "${name}" of string has a text that is no UTF-8`);
}
