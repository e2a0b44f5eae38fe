import type { Column, TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { formatType } from "../table/schema_text.ts";
import { hasValue } from "../table/validity.ts";
import { bytesAt, itemRange } from "../table/value_at.ts";
import { encodeExample, type Feature } from "./encode_example.ts";

const INTS = new Set(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]);
const BYTES = new Set(["binary", "fixed-binary", "string"]);

/**
 * Refuses columns that tf.Examples cannot hold as they are: a `TypeError` that names the first. They hold whole numbers,
 * floats of up to 32 bits, bytes and text, and lists of these.
 */
export function checkExampleSchema(schema: Schema): void {
  for (const { name, type } of schema.fields) {
    const { kind } = type.kind === "list" ? type.item.type : type;
    if (INTS.has(kind) || BYTES.has(kind) || kind === "float16" || kind === "float32") continue;
    const advice = kind === "float64"
      ? "; its floats have 32 bits: give the column as float32"
      : "; leave it out, or write parquet or arrow";
    throw new TypeError(`column "${name}" of ${formatType(type)} can be no feature of a tf.Example${advice}`);
  }
}

/**
 * Each row as a tf.Example, whose features are the columns; where a row has no value, it has no such feature. A list in
 * which an item has no value is a `TypeError`: no feature can say it.
 */
export function* encodeRows(batch: TableBatch): Generator<Uint8Array<ArrayBuffer>> {
  checkExampleSchema(batch.schema);
  for (let row = 0; row < batch.rows; row++) {
    const features: [string, Feature][] = [];
    for (const column of batch.columns) {
      if (hasValue(column, row)) features.push([column.field.name, featureOf(column, row)]);
    }
    yield encodeExample(Object.fromEntries(features));
  }
}

function featureOf(column: Column, row: number): Feature {
  const [items] = column.children ?? [];
  if (!items) return featureOfItems(column, row, row + 1);
  const [from, to] = itemRange(column, row);
  for (let item = from; items.validity && item < to; item++) {
    if (hasValue(items, item)) continue;
    throw new TypeError(
      `column "${column.field.name}" has a list with an item without a value, which no feature of a tf.Example can have`,
    );
  }
  return featureOfItems(items, from, to);
}

function featureOfItems(items: Column, from: number, to: number): Feature {
  const { kind } = items.field.type;
  if (BYTES.has(kind)) {
    return { bytes: Array.from({ length: to - from }, (_, index) => bytesAt(items, from + index)) };
  }
  const values = items.values?.subarray(from, to) ?? [];
  return INTS.has(kind) ? { ints: values } : { floats: values as Float32Array };
}
