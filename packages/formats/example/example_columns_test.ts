import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FormatError } from "../errors/format_error.ts";
import type { TableBatch } from "../table/column.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { formatSchema } from "../table/schema_text.ts";
import { checkBatch } from "../table/check_batch.ts";
import { valueAt } from "../table/value_at.ts";
import { fromHex } from "../testing/gather_records.ts";
import { encodeExample, encodeSequenceExample, type Feature, type Features } from "./encode_example.ts";
import { ExampleColumns } from "./example_columns.ts";
import { ExampleSchemaFinder } from "./example_schema_finder.ts";
import { parseExample } from "./parse_example.ts";

/** Two records of the package `tfrecord` of PyPI: {label: 7, image: b"hello"}, and {x: [1.5, -2], n: [-1, 2**40]}. */
const LABELED = fromHex("0a240a0e0a056c6162656c12051a030a01070a120a05696d61676512090a070a0568656c6c6f");
const NUMBERS = fromHex(
  "0a2e0a110a0178120c120a0a080000c03f000000c00a190a016e12141a120a10ffffffffffffffffff01808080808020",
);

function tableOf(records: readonly Uint8Array[], schema?: string): TableBatch {
  const finder = new ExampleSchemaFinder();
  for (const record of records) finder.add(record, 0, record.length);
  const given = schema === undefined ? finder.finish() : parseSchema(schema);
  const columns = new ExampleColumns(given, {
    uri: "memory://k",
    ...(schema === undefined && { known: new Set<string>() }),
  });
  records.forEach((record, index) =>
    columns.append(record, 0, record.length, { record: index, offset: 100 * index })
  );
  const batch = columns.finish();
  checkBatch(batch, given);
  return batch;
}

function rowsOf(batch: TableBatch): unknown[] {
  return Array.from(
    { length: batch.rows },
    (_, row) => Object.fromEntries(batch.columns.map((column) => [column.field.name, valueAt(column, row)])),
  );
}

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("ExampleColumns: the records of PyPI's tfrecord, their schema found and given", () => {
  const found = tableOf([LABELED, NUMBERS]);
  assertEquals(
    formatSchema(found.schema),
    "image: binary?, label: int64?, n: list<int64>?, x: list<float32>?",
  );
  assertEquals(rowsOf(found), [
    { image: text("hello"), label: 7n, n: null, x: null },
    { image: null, label: null, n: [-1n, 2n ** 40n], x: [1.5, -2] },
  ]);
  const given = tableOf([LABELED], "label: uint8, image: string");
  assertEquals(rowsOf(given), [{ label: 7, image: "hello" }]);
  assertEquals(rowsOf(tableOf([NUMBERS], "x: list<float64, 2>, n: list<float64>")), [{
    x: [1.5, -2],
    n: [-1, 2 ** 40],
  }]);
  assertEquals(encodeExample({ label: { ints: [7] }, image: { bytes: ["hello"] } }), LABELED);
  assertEquals(encodeExample({ x: { floats: [1.5, -2] }, n: { ints: [-1, 2 ** 40] } }), NUMBERS);
});

Deno.test("ExampleColumns: unpacked numbers, unknown fields, unset features, and the last entry of a name", () => {
  // n: 5 and 381, one by one; x: a feature that holds nothing, with a field 15 of a number.
  const sound = fromHex("0a17 0a0c 0a016e 1207 1a05 0805 08fd02 0a07 0a0178 1202 7801");
  assertEquals(rowsOf(tableOf([sound], "n: list<int32>, x: binary?")), [{ n: [5, 381], x: null }]);
  // Floats one by one; and fields 9 of each encoding in the message.
  const floats = fromHex(
    "4801 4900000000000000ff 4a01ff 4dffffffff 0a13 0a11 0a0178 120c 120a 0d0000803f 0d00000040",
  );
  assertEquals(rowsOf(tableOf([floats], "x: list<float32, 2>")), [{ x: [1, 2] }]);
  const twice = new Uint8Array([
    ...encodeExample({ a: { ints: [1] }, b: { ints: [2] } }),
    ...encodeExample({ a: { floats: [3] } }),
  ]);
  assertEquals(rowsOf(tableOf([twice])), [{ a: 3, b: 2n }]);
  assertEquals(rowsOf(tableOf([new Uint8Array(0)], "a: int64?")), [{ a: null }]);
});

Deno.test("ExampleColumns: what does not fit the message or the schema is a FormatError with record and offset", () => {
  const one = (features: Features) => encodeExample(features);
  const cases: [Uint8Array, string, string][] = [
    [fromHex("0a02 0a05"), "a: int64?", "passes the end of its message"],
    [fromHex("0b"), "a: int64?", "field 1 has the encoding 3"],
    [fromHex("7b 7c"), "a: int64?", "field 15 is a group"],
    [fromHex("00"), "a: int64?", "field 0 is none"],
    [fromHex("0a04 0a02 0a05"), "a: int64?", "passes the end"],
    [fromHex("0a05 0a03 0a01ff"), "a: int64?", "no UTF-8"],
    [fromHex("0aff ffff ffff ffff ffff 7f"), "a: int64?", "more than 64 bits"],
    [fromHex("0affffffffffffffff7f"), "a: int64?", "passes the end"],
    [
      one({ a: { floats: [1] } }),
      "a: int64",
      'record 0, feature "a": it holds floats, and ints are expected',
    ],
    [one({ a: { ints: [300] } }), "a: uint8", "uint8 cannot hold 300"],
    [one({ a: { ints: [2n ** 53n] } }), "a: float64", "float64 cannot hold 9007199254740992"],
    [one({ a: { ints: [1, 2] } }), "a: int64", "it has 2 values, and one is expected"],
    [one({ a: { ints: [1, 2] } }), "a: list<int64, 3>", "it has 2 values, and 3 are expected"],
    [one({ b: { ints: [1] } }), "a: int64", "no such feature, and it may not be absent"],
    [one({ a: { bytes: [Uint8Array.of(0xff)] } }), "a: string", "text that is no UTF-8"],
    [one({ a: { bytes: ["abc"] } }), "a: fixed-binary(2)", "it has 3 bytes, and 2 are expected"],
    [
      encodeSequenceExample({}, { a: [{ ints: [1] }] }),
      "a: int64",
      "it is a list of features, and one is expected",
    ],
    [
      one({ a: { ints: [1] } }),
      "a: list<list<int64>>",
      "it is one feature, and a list of features is expected",
    ],
    [encodeSequenceExample({ a: { ints: [1] } }, { a: [] }), "a: list<int64>", "have one name"],
  ];
  for (const [record, schema, message] of cases) {
    const columns = new ExampleColumns(parseSchema(schema), { uri: "memory://k" });
    const error = assertThrows(
      () => columns.append(record, 0, record.length, { record: 0, offset: 50 }),
      FormatError,
      message,
    );
    assertEquals(error.record, 0);
  }
  assertThrows(() => new ExampleColumns(parseSchema("a: date"), { uri: "" }), TypeError, "can be no feature");
});

Deno.test("ExampleColumns: with a schema that was found, a feature that came later is a fault, and not passed over", () => {
  const columns = new ExampleColumns(parseSchema("a: int64?"), { uri: "memory://k", known: new Set() });
  const record = encodeExample({ a: { ints: [1] }, later: { ints: [2] } });
  const error = assertThrows(
    () => columns.append(record, 0, record.length, { record: 9, offset: 0 }),
    FormatError,
    'record 9: the first records have no feature "later"',
  );
  assertEquals(error.advice, "the columns were found by the first records: give a schema");
});

Deno.test("parseExample: typed arrays, and numbers on request where they are exact", () => {
  assertEquals(parseExample(NUMBERS), {
    features: { x: Float32Array.of(1.5, -2), n: BigInt64Array.of(-1n, 2n ** 40n) },
    lists: {},
  });
  assertEquals(parseExample(NUMBERS, { integers: "number" }).features["n"], Float64Array.of(-1, 2 ** 40));
  const unsafe = encodeExample({ n: { ints: [2n ** 60n] } });
  assertThrows(
    () => parseExample(unsafe, { integers: "number" }),
    FormatError,
    "cannot hold 1152921504606846976",
  );
  const sequence = encodeSequenceExample({ id: { ints: [1] } }, { f: [{ floats: [1] }, { floats: [2, 3] }] });
  assertEquals(parseExample(sequence), {
    features: { id: BigInt64Array.of(1n) },
    lists: { f: [Float32Array.of(1), Float32Array.of(2, 3)] },
  });
});

const anyFeature: fc.Arbitrary<Feature> = fc.oneof(
  fc.record({ bytes: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 3 }) }),
  fc.record({ floats: fc.array(fc.float(), { maxLength: 20 }) }),
  fc.record({ ints: fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), { maxLength: 20 }) }),
);

Deno.test("encodeExample: what is written is read, by record and by column", () => {
  const names = fc.string({ unit: "grapheme", maxLength: 5 });
  fc.assert(fc.property(fc.dictionary(names, anyFeature), (features) => {
    const record = encodeExample(features);
    const parsed = parseExample(record).features;
    assertEquals(Object.keys(parsed).sort(), Object.keys(features).sort());
    const batch = tableOf([record]);
    for (const [name, feature] of Object.entries(features)) {
      const values = [...Object.values(feature)[0] as ArrayLike<unknown> as unknown[]].map((value) =>
        "floats" in feature ? Math.fround(value as number) : value
      );
      assertEquals([...parsed[name] as unknown as unknown[]], values);
      const column = batch.columns.find(({ field }) => field.name === name);
      const row = column && valueAt(column, 0);
      assertEquals(values.length === 1 ? [row] : row as unknown, values);
    }
  }));
});

Deno.test("encodeSequenceExample: what is written is read by column", () => {
  const lists = fc.dictionary(
    fc.constantFrom("a", "b"),
    fc.array(fc.record({ ints: fc.array(fc.bigInt(-5n, 500n), { maxLength: 3 }) }), { maxLength: 4 }),
  );
  fc.assert(fc.property(fc.array(lists, { minLength: 1, maxLength: 5 }), (rows) => {
    const records = rows.map((row) => encodeSequenceExample({ id: { bytes: ["x"] } }, row));
    const batch = tableOf(records, "id: string, a: list<list<int64>>?, b: list<list<int64>>?");
    assertEquals(
      rowsOf(batch),
      rows.map((row) => ({
        id: "x",
        a: row["a"]?.map(({ ints }) => ints) ?? null,
        b: row["b"]?.map(({ ints }) => ints) ?? null,
      })),
    );
  }));
});

Deno.test("ExampleColumns: no damage is another error than a FormatError", () => {
  const record = encodeSequenceExample({ id: { bytes: ["abc"] }, n: { ints: [1, 300, -1] } }, {
    f: [{ floats: [1, 2] }],
  });
  const schema = parseSchema("id: string?, n: list<int64>?, f: list<list<float32>>?");
  for (let at = 0; at < record.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const columns = new ExampleColumns(schema, { uri: "memory://k" });
      const bytes = record.with(at, (record[at] ?? 0) ^ 1 << bit);
      try {
        columns.append(bytes, 0, bytes.length, { record: 0, offset: 0 });
        checkBatch(columns.finish(), schema);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
  }
});

Deno.test("ExampleColumns: a length that passes its message but not the memory, and two values of an entry, are faults", () => {
  const cases = [["0a04 0a02 0a05 0000000000000000", 6, "passes the end of its message"], [
    "0a09 0a07 0a0161 1200 1200",
    11,
    "an entry has two values",
  ]] as const;
  for (const [hex, end, message] of cases) {
    const columns = new ExampleColumns(parseSchema("a: int64?"), { uri: "memory://k" });
    assertThrows(() => columns.append(fromHex(hex), 0, end, { record: 0, offset: 0 }), FormatError, message);
  }
});
