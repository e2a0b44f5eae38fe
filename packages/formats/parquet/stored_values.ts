import type { Column } from "../table/column.ts";
import { isText } from "../table/check_text.ts";
import type { PageValues, TextValues } from "./leaf_sink.ts";
import type { LeafNode } from "./schema_tree.ts";

/**
 * The values of a column as they are stored, those of the given rows alone, or all. A `TypeError` that names the column
 * where a text is no UTF-8, a `RangeError`
 * where a value does not fit: a moment in seconds that milliseconds do not reach, or a decimal of more digits than told.
 */
export function storedValues(leaf: LeafNode, column: Column, rows?: Int32Array): PageValues {
  const { values = new Uint8Array(0), offsets, length } = column;
  const { type } = column.field;
  const fail = (detail: string) => new RangeError(`column "${leaf.path}" has ${detail}`);
  if (offsets) {
    const texts = pickTexts(values as Uint8Array, offsets, rows);
    if (type.kind === "string" && !isText(texts.bytes, texts.offsets)) {
      throw new TypeError(`column "${leaf.path}" of string has a text that is no UTF-8`);
    }
    return texts;
  }
  if (type.kind === "decimal") return decimals(values as Uint8Array, leaf, rows, fail);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  switch (type.kind) {
    case "int8":
    case "int16":
    case "uint8":
    case "uint16": {
      const wide = Int32Array.from(values as Int16Array);
      return pick(new Uint8Array(wide.buffer), 4, rows);
    }
    case "time":
    case "timestamp":
      if (type.unit === "s" || leaf.element.type === "INT32") {
        return times(values as BigInt64Array, type.unit === "s" ? 1000n : 1n, leaf, rows, fail);
      }
      break;
  }
  return pick(bytes, length === 0 ? leaf.element.type_length ?? 8 : bytes.length / length, rows);
}

function pick(bytes: Uint8Array, width: number, rows: Int32Array | undefined): PageValues {
  if (!rows) return { width, bytes };
  const picked = new Uint8Array(rows.length * width);
  if (width === 1) { for (let at = 0; at < rows.length; at++) picked[at] = bytes[rows[at] ?? 0] ?? 0; }
  else {
    for (let at = 0; at < rows.length; at++) {
      const from = (rows[at] ?? 0) * width;
      for (let byte = 0; byte < width; byte++) picked[at * width + byte] = bytes[from + byte] ?? 0;
    }
  }
  return { width, bytes: picked };
}

function pickTexts(bytes: Uint8Array, offsets: Int32Array, rows: Int32Array | undefined): TextValues {
  if (!rows) return { bytes, offsets };
  const picked = new Int32Array(rows.length + 1);
  let size = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    size += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
    picked[at + 1] = size;
  }
  const texts = new Uint8Array(size);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    texts.set(bytes.subarray(offsets[row], offsets[row + 1]), picked[at]);
  }
  return { bytes: texts, offsets: picked };
}

function times(
  values: BigInt64Array,
  factor: bigint,
  { element }: LeafNode,
  rows: Int32Array | undefined,
  fail: (detail: string) => RangeError,
): PageValues {
  const count = rows?.length ?? values.length;
  const narrow = element.type === "INT32";
  const stored = narrow ? new Int32Array(count) : new BigInt64Array(count);
  for (let at = 0; at < count; at++) {
    const value = (values[rows ? rows[at] ?? 0 : at] ?? 0n) * factor;
    if (stored instanceof Int32Array) stored[at] = Number(value);
    else stored[at] = value;
    if (BigInt(stored[at] ?? 0) !== value) throw fail(`${value} ms, which is out of reach`);
  }
  return { width: narrow ? 4 : 8, bytes: new Uint8Array(stored.buffer) };
}

function decimals(
  values: Uint8Array,
  { element }: LeafNode,
  rows: Int32Array | undefined,
  fail: (detail: string) => RangeError,
): PageValues {
  const count = rows?.length ?? values.length / 16;
  const { type, precision = 0 } = element;
  const width = type === "INT32" ? 4 : type === "INT64" ? 8 : 16;
  const limit = 10n ** BigInt(precision);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(count * width);
  const stored = new DataView(bytes.buffer);
  for (let at = 0; at < count; at++) {
    const from = (rows ? rows[at] ?? 0 : at) * 16;
    const low = view.getBigUint64(from, true);
    const high = view.getBigInt64(from + 8, true);
    const value = high << 64n | low;
    if (value >= limit || value <= -limit) throw fail(`a decimal of more than ${precision} digits`);
    if (width === 4) stored.setInt32(at * 4, Number(value), true);
    else if (width === 8) stored.setBigInt64(at * 8, value, true);
    else {
      stored.setBigInt64(at * 16, high);
      stored.setBigUint64(at * 16 + 8, low);
    }
  }
  return { width, bytes };
}
