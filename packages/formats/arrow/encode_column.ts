import type { Column } from "../table/column.ts";
import { countBits, packBits } from "../table/bits.ts";
import { checkText } from "../table/check_text.ts";

/**
 * A column of text or bytes whose values lie in several places: one after the other they are what `values` would be. Only
 * {@linkcode ArrowEncoder} takes it.
 */
export interface PiecedColumn extends Column {
  /** The places, in order; those of a row may be several, or none. */
  readonly pieces: readonly Uint8Array[];
}

/** Whether the values of a column lie in several places. */
export function isPieced(column: Column): column is PiecedColumn {
  return "pieces" in column;
}

/** The parts of a batch, in the order in which Arrow has them. */
export interface BatchParts {
  /** Rows and rows without a value, of each column and those below it: two numbers each. */
  readonly nodes: number[];
  /** Views of the columns' memory, one after the other, but for what a column has in another form. */
  readonly buffers: (readonly Uint8Array[])[];
}

const NOTHING: readonly Uint8Array[] = [];

/** Adds the parts of a column, which is laid out as its type asks. Text that is no UTF-8 is a `TypeError`. */
export function encodeColumn(column: Column, parts: BatchParts): void {
  const { field: { type }, length, validity, values, offsets, children = [] } = column;
  if (type.kind === "string") {
    checkText(isPieced(column) ? { ...column, values: joined(column.pieces) } : column);
  }
  const nulls = validity ? length - countBits(validity, length) : 0;
  parts.nodes.push(length, nulls);
  parts.buffers.push(validity && nulls > 0 ? [validity.subarray(0, (length + 7) >> 3)] : NOTHING);
  if (type.kind === "bool") parts.buffers.push([packBits(bytesOf(values))]);
  else if (type.kind === "time" && (type.unit === "s" || type.unit === "ms")) {
    parts.buffers.push([narrowed(column)]);
  } else {
    if (offsets) parts.buffers.push([bytesOf(offsets)]);
    if (isPieced(column)) parts.buffers.push(column.pieces);
    else if (values) parts.buffers.push([bytesOf(values)]);
  }
  for (const child of children) encodeColumn(child, parts);
}

function bytesOf(array: ArrayBufferView | undefined): Uint8Array {
  return array ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength) : new Uint8Array(0);
}

/** Times of 64 bits as Arrow's of 32: those of a day fit. */
function narrowed({ field, length, values }: Column): Uint8Array {
  const narrow = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const value = Number(values?.[row]);
    narrow[row] = value;
    if (narrow[row] !== value) {
      throw new TypeError(`column "${field.name}" has a time of ${value} in row ${row}`);
    }
  }
  return bytesOf(narrow);
}

/** Pieces as one; a single one is not copied. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(0)] = pieces;
  if (pieces.length < 2) return first;
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
