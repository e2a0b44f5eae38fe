import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { anyBatch } from "../testing/any_batch.ts";
import { BatchBuilder, batchOf, columnOf } from "./batch_builder.ts";
import { checkBatch } from "./check_batch.ts";
import { concatBatches } from "./concat_batches.ts";
import { parseSchema } from "./parse_schema.ts";
import { cutRows, rebatch } from "./rebatch.ts";
import { selectColumns } from "./select_columns.ts";
import { sliceRows } from "./slice_rows.ts";
import type { TableBatch } from "./column.ts";
import { valueAt } from "./value_at.ts";

const SCHEMA = parseSchema(
  `i: int64, u8: uint8?, h: float16, b: bool?, s: string?, bin: binary, fix: fixed-binary(2)?, d: date?,
   t: time(us), ts: timestamp(ns, "UTC")?, wall: timestamp(ms), dur: duration(s), dec: decimal(10, 2)?,
   l: list<string?>?, v: list<float32, 2>?, st: struct<x: int32, y: list<int8>?>?`,
);
const ROW = {
  i: 9007199254740993n,
  u8: 255,
  h: 0.5,
  b: true,
  s: "é☃",
  bin: Uint8Array.of(0, 255),
  fix: Uint8Array.of(1, 2),
  d: "1969-12-31",
  t: "23:59:59.000001",
  ts: "2262-04-11T23:47:16.854775807Z",
  wall: "0000-03-01T00:00:00.001",
  dur: -5n,
  dec: "-12345678.90",
  l: ["", null, "x"],
  v: [1.5, -0],
  st: { x: -1, y: [1, 2] },
};

function rowsOf(batch: TableBatch): unknown[] {
  return Array.from(
    { length: batch.rows },
    (_, row) => Object.fromEntries(batch.columns.map((column) => [column.field.name, valueAt(column, row)])),
  );
}

async function gather(batches: AsyncIterable<TableBatch>): Promise<TableBatch[]> {
  const all: TableBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

Deno.test("columnBuilder: values of all types come back, and rows without one as null", () => {
  const blank = Object.fromEntries(
    SCHEMA.fields.map(({ name, nullable }) => [name, nullable ? null : ROW[name as keyof typeof ROW]]),
  );
  const batch = batchOf(SCHEMA, [ROW, blank, ROW]);
  checkBatch(batch, SCHEMA);
  assertEquals(rowsOf(batch), [ROW, blank, ROW]);
});

Deno.test("columnBuilder: other forms of a value are taken where they are exact", () => {
  const schema = parseSchema(
    "a: int64, b: int8, c: date, d: timestamp(us), e: decimal(5, 2), f: float32, g: timestamp(s), h: timestamp(us)",
  );
  const date = new Date("2026-11-29T00:00:00Z");
  const batch = batchOf(schema, [{ a: 5, b: 5n, c: date, d: date, e: 3n, f: 7n, g: date, h: -1n }]);
  assertEquals(rowsOf(batch), [
    {
      a: 5n,
      b: 5,
      c: "2026-11-29",
      d: "2026-11-29T00:00:00.000000",
      e: "3.00",
      f: 7,
      g: "2026-11-29T00:00:00",
      h: "1969-12-31T23:59:59.999999",
    },
  ]);
});

Deno.test("columnBuilder: what a type cannot hold is a TypeError that names the column", () => {
  for (
    const [type, value] of [
      ["int8", 128],
      ["int8", 1.5],
      ["int8", "1"],
      ["uint32", -1],
      ["int64", 2 ** 53],
      ["int64", 2n ** 63n],
      ["uint64", -1n],
      ["float64", "1"],
      ["float64", 2n ** 53n + 1n],
      ["bool", 1],
      ["string", "\ud800"],
      ["string", 1],
      ["binary", "x"],
      ["fixed-binary(2)", Uint8Array.of(1)],
      ["date", "2026-02-29"],
      ["date", new Date(1)],
      ["time(ms)", "24:00:00"],
      ["time(ms)", "23:00:00.0001"],
      ["timestamp(s)", "2026-01-01T00:00:00Z"],
      ['timestamp(s, "UTC")', "2026-01-01T00:00:00"],
      ["timestamp(s)", new Date(1)],
      ["timestamp(ns)", "2262-04-11T23:47:16.854775808"],
      ["timestamp(ms)", new Date(NaN)],
      ["duration(s)", "1"],
      ["decimal(3, 2)", "10.00"],
      ["decimal(3, 2)", "1.001"],
      ["list<int8>", 1],
      ["list<int8>", [null]],
      ["list<int8, 2>", [1]],
      ["struct<x: int8>", {}],
      ["struct<x: int8>", { x: 1, y: 2 }],
      ["struct<x: int8>", [1]],
      ["int8", null],
      ["float16", 65520],
      ["float32", -3.5e38],
    ] as const
  ) {
    const builder = new BatchBuilder(parseSchema(`"the column": ${type}`));
    assertThrows(
      () => builder.append([value]),
      TypeError,
      "column ",
    );
  }
});

Deno.test("columnOf: an array of the right kind is a column without a copy, and another one a TypeError", () => {
  const [field] = parseSchema("a: float32").fields;
  if (!field) throw new Error("no field");
  const values = Float32Array.of(1, 2);
  assertEquals(columnOf(field, values).values === values, true);
  assertThrows(() => columnOf(field, Float64Array.of(1)), TypeError, "Float32Array");
});

Deno.test("rows: batches that are cut, joined and cut anew have the same rows", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyBatch(),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      async (batch, a, b, size) => {
        const rows = rowsOf(batch);
        checkBatch(batch, batch.schema);
        const [from = 0, to = 0] = [a % (batch.rows + 1), b % (batch.rows + 1)].sort((x, y) => x - y);
        const middle = sliceRows(batch, from, to);
        checkBatch(middle, batch.schema);
        assertEquals(rowsOf(middle), rows.slice(from, to));
        const parts = [sliceRows(batch, 0, from), middle, sliceRows(batch, to, batch.rows)];
        const joined = concatBatches(batch.schema, parts);
        checkBatch(joined, batch.schema);
        assertEquals(rowsOf(joined), rows);
        const anew = await gather(rebatch(parts, size));
        assertEquals(anew.flatMap(rowsOf), rows);
        for (const [place, part] of anew.entries()) {
          checkBatch(part, batch.schema);
          if (place < anew.length - 1) assertEquals(part.rows, size);
        }
        const cut = await gather(cutRows(rebatch(parts, size), { from, to }));
        assertEquals(cut.flatMap(rowsOf), rows.slice(from, to));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("selectColumns: columns in the order asked for; one that is not there is a TypeError that names those there", () => {
  const batch = batchOf(parseSchema("a: int8, b: string, c: bool"), [{ a: 1, b: "x", c: true }]);
  assertEquals(rowsOf(selectColumns(batch, ["c", "a"])), [{ c: true, a: 1 }]);
  assertThrows(() => selectColumns(batch, ["d"]), TypeError, "there are: a, b, c");
  assertThrows(() => selectColumns(batch, ["a", "a"]), TypeError, "twice");
});

Deno.test("checkBatch: another schema, and columns that are not laid out so, are TypeErrors", () => {
  const schema = parseSchema("a: int8?, s: string");
  const batch = batchOf(schema, [{ a: null, s: "xy" }, { a: 1, s: "" }]);
  const [a, s] = batch.columns;
  if (!a || !s) throw new Error("no columns");
  const wrong = (columns: TableBatch["columns"]) => () => checkBatch({ ...batch, columns }, schema);
  assertThrows(() => checkBatch(batch, parseSchema("a: int8?, s: string?")), TypeError, `"s" of string?`);
  assertThrows(wrong([a]), TypeError);
  assertThrows(wrong([{ ...a, length: 3 }, s]), TypeError, `"a"`);
  assertThrows(wrong([{ ...a, values: Uint8Array.of(1, 2) }, s]), TypeError, "Int8Array");
  assertThrows(wrong([{ ...a, validity: new Uint8Array(0) }, s]), TypeError, "validity");
  assertThrows(wrong([a, { ...s, validity: Uint8Array.of(1) }]), TypeError, "may not be null");
  for (const offsets of [[0, 2], [0, 3, 2], [1, 2, 2], [0, 2, 3]]) {
    assertThrows(wrong([a, { ...s, offsets: Int32Array.from(offsets) }]), TypeError, `"s"`);
  }
});
