import { assertEquals, assertThrows } from "@std/assert";
import { batchOf } from "./batch_builder.ts";
import { checkBatch } from "./check_batch.ts";
import type { Column, TableBatch } from "./column.ts";
import { concatBatches } from "./concat_batches.ts";
import { parseSchema } from "./parse_schema.ts";
import { sliceRows } from "./slice_rows.ts";

const SCHEMA = parseSchema(
  "i: int32, s: string, l: list<int16>, v: list<float32, 2>, o: struct<p: int8, q: string?>, f: fixed-binary(3)",
);
const ROW = { i: 1, s: "é", l: [1, 2, 3], v: [0, 1], o: { p: 1, q: null }, f: new Uint8Array(3) };
const BATCH = batchOf(SCHEMA, [ROW, { ...ROW, s: "", l: [] }]);

/** The batch with something else in one column. */
function withColumn(name: string, changes: (column: Column) => Partial<Column>): TableBatch {
  const columns = BATCH.columns.map((column) => {
    if (column.field.name !== name) return column;
    const changed: Record<string, unknown> = { ...column, ...changes(column) };
    for (const key of Object.keys(changed)) if (changed[key] === undefined) delete changed[key];
    return changed as unknown as Column;
  });
  return { ...BATCH, columns };
}

Deno.test("checkBatch(): a batch that is laid out otherwise than its schema asks is refused, by its column", () => {
  checkBatch(BATCH, SCHEMA);
  const none = undefined as never;
  const cases: [TableBatch, string][] = [
    [{ ...BATCH, columns: BATCH.columns.slice(1) }, "5 columns are given for 6"],
    [{ ...BATCH, rows: 3 }, 'column "i" has 2 rows, and the batch 3'],
    [withColumn("i", () => ({ values: Int32Array.of(1) })), 'column "i" has 1 values for 2 rows'],
    [withColumn("i", () => ({ values: Int32Array.of(1, 2, 3) })), 'column "i" has 3 values for 2 rows'],
    [
      withColumn("i", () => ({ values: Float32Array.of(1, 2) })),
      'column "i" has its values in no Int32Array',
    ],
    [withColumn("i", () => ({ values: none })), "has its values in no Int32Array"],
    [withColumn("i", () => ({ validity: new Uint8Array(0) })), "has no bit of validity for each row"],
    [
      withColumn("i", () => ({ validity: Uint8Array.of(1) })),
      "may not be null, and has rows without a value",
    ],
    [withColumn("f", () => ({ values: new Uint8Array(5) })), 'column "f" has 5 values for 2 rows'],
    [withColumn("s", () => ({ offsets: none })), 'column "s" has no offsets'],
    [withColumn("s", () => ({ offsets: Int32Array.of(0, 2) })), 'column "s" has 2 offsets for 2 rows'],
    [withColumn("s", () => ({ offsets: Int32Array.of(0, 2, 2, 2) })), "has 4 offsets for 2 rows"],
    [withColumn("s", () => ({ offsets: Int32Array.of(1, 2, 2) })), "has offsets that do not begin at 0"],
    [withColumn("s", () => ({ offsets: Int32Array.of(0, 2, 1) })), "has offsets that fall"],
    [withColumn("s", () => ({ offsets: Int32Array.of(0, 2, 3) })), "has 2 bytes, and its offsets end at 3"],
    [
      withColumn("s", () => ({ offsets: [0, 2, 2] as unknown as Int32Array })),
      "has its offsets in no Int32Array",
    ],
    [withColumn("l", () => ({ offsets: none })), 'column "l" has no offsets'],
    [
      withColumn("l", () => ({ offsets: Int32Array.of(0, 3, 4) })),
      'column "l.item" has 3 rows, and the batch 4',
    ],
    [withColumn("l", () => ({ children: none })), 'column "l" has no column of items'],
    [
      withColumn("l", ({ children = [] }) => ({ children: [...children, ...children] })),
      "has no column of items",
    ],
    [withColumn("v", () => ({ children: [] })), 'column "v" has no column of items'],
    [
      withColumn("v", ({ children: [item] = [] }) => ({ children: item ? [{ ...item, length: 3 }] : [] })),
      'column "v.item" has 3 rows, and the batch 4',
    ],
    [withColumn("o", ({ children = [] }) => ({ children: children.slice(1) })), "has not a column for each"],
    [withColumn("o", () => ({ children: none })), "has not a column for each of its fields"],
  ];
  for (const [batch, message] of cases) assertThrows(() => checkBatch(batch, SCHEMA), TypeError, message);
  const other = parseSchema("i: int64");
  assertThrows(() => checkBatch(BATCH, other), TypeError, "the batch is of another schema");
  assertThrows(() => concatBatches(other, [BATCH]), TypeError);
});

Deno.test("sliceRows(): rows that are not in the batch are a RangeError, of a batch without columns too", () => {
  const bare: TableBatch = { schema: { fields: [] }, rows: 2, columns: [] };
  for (const batch of [BATCH, bare]) {
    assertEquals(sliceRows(batch, 1, 2).rows, 1);
    for (const [from, to] of [[-1, 1], [0, 3], [2, 1], [0.5, NaN], [3, 3]] as const) {
      assertThrows(() => sliceRows(batch, from, to), RangeError, `rows ${from} to ${to} are wanted of 2`);
    }
  }
});
