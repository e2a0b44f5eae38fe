import { type CellBlock, CellFault, ESCAPED, QUOTED } from "./cell_block.ts";
import type { CellColumn } from "./cell_column.ts";
import type { Column } from "../table/column.ts";
import type { ValidityBuilder } from "../table/validity.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const QUOTE = 34;

/** The text of `bytes[from, to)`, which is UTF-8. */
export function cellText(bytes: Uint8Array, from: number, to: number): string {
  return DECODER.decode(bytes.subarray(from, to));
}

/** The bytes of a column's cells one after the other, and where each ends; doubled quotes are single. */
export function bytesOfCells(
  block: CellBlock,
  { field, place, nulls }: CellColumn,
  first: number,
  last: number,
  validity: ValidityBuilder,
): Pick<Column, "values" | "offsets"> {
  const { bytes, starts, ends, kinds, columns } = block;
  let most = 0;
  for (let row = first, cell = first * columns + place; row < last; row++, cell += columns) {
    most += (ends[cell] ?? 0) - (starts[cell] ?? 0);
  }
  const values = new Uint8Array(most);
  const offsets = new Int32Array(last - first + 1);
  let at = 0;
  let valid = 0;
  for (let row = first, cell = first * columns + place; row < last; row++, cell += columns) {
    const from = starts[cell] ?? 0;
    const to = ends[cell] ?? 0;
    const kind = kinds[cell] ?? 0;
    if (kind < QUOTED && nulls.has(bytes, from, to)) {
      if (!field.nullable) throw new CellFault(from, "no value is there, and it may not be null", place);
      validity.addValues(valid);
      validity.addNulls(1);
      valid = 0;
    } else {
      if (kind === ESCAPED) at = unescape(bytes, from, to, values, at);
      else if (to - from > 40) {
        values.set(bytes.subarray(from, to), at);
        at += to - from;
      } else for (let byte = from; byte < to; byte++) values[at++] = bytes[byte] ?? 0;
      valid++;
    }
    offsets[row - first + 1] = at;
  }
  validity.addValues(valid);
  return { values: values.subarray(0, at), offsets };
}

function unescape(bytes: Uint8Array, from: number, to: number, values: Uint8Array, start: number): number {
  let at = start;
  for (let place = from; place < to; place++) {
    const byte = bytes[place] ?? 0;
    if (byte === QUOTE) place++;
    values[at++] = byte;
  }
  return at;
}
