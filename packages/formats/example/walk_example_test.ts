import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { valueAt } from "../table/value_at.ts";
import { fromHex } from "../testing/gather_records.ts";
import { encodeExample, encodeSequenceExample, type Features } from "./encode_example.ts";
import { ExampleColumns } from "./example_columns.ts";
import { ExampleSchemaFinder } from "./example_schema_finder.ts";
import { parseExample } from "./parse_example.ts";
import { WireFault } from "./wire_reader.ts";

/** An Example with one entry, called `a`: the bytes of its feature. */
function entry(feature: string, map = "0a"): Uint8Array {
  const value = fromHex(feature);
  const size = (bytes: number) => bytes.toString(16).padStart(2, "0");
  return fromHex(
    `${map}${size(value.length + 7)} 0a${size(value.length + 5)} 0a0161 12${size(value.length)} ${feature}`,
  );
}

Deno.test("tf.Example: a field in an encoding that it never has is a fault at every level, and never passed over", () => {
  const cases: [Uint8Array, string][] = [
    [fromHex("0801"), "field 1 has the encoding 0"],
    [fromHex("1001"), "field 2 has the encoding 0"],
    [fromHex("0a02 0801"), "field 1 has the encoding 0"],
    [fromHex("0a04 0a02 0801"), "field 1 has the encoding 0"],
    [fromHex("0a04 0a02 1001"), "field 2 has the encoding 0"],
    [entry("0801"), "field 1 has the encoding 0"],
    [entry("1801"), "field 3 has the encoding 0"],
    [entry("0a02 0801"), "field 1 has the encoding 0"],
    [entry("1206 0d00000000 00"), "field 0 is none"],
    [entry("1202 0801"), "field 1 has the encoding 0"],
    [entry("1a05 0d00000000"), "field 1 has the encoding 5"],
    [entry("0801", "12"), "field 1 has the encoding 0"],
    [fromHex("8a80808010 00"), "is none"],
    [entry("0a00 1a00"), "a feature holds both bytes and ints"],
    [entry("1205 0a03 000000"), "floats end amid a float"],
    [entry("1203 0d 0000"), "floats end amid a float"],
    [entry("1a04 0a02 0180"), "passes the end of its message"],
    [entry("1a02 0880"), "passes the end of its message"],
  ];
  for (const [record, message] of cases) {
    const hex = record.toHex();
    assertThrows(() => parseExample(record), FormatError, message, hex);
    // What lies behind the record in memory changes nothing.
    const memory = new Uint8Array(record.length + 32);
    memory.set(record);
    for (const schema of ["a: binary?", "a: list<list<float32>>?", "a: list<int64>?"]) {
      const columns = new ExampleColumns(parseSchema(schema), { uri: "memory://k" });
      const place = { record: 0, offset: 0 };
      assertThrows(
        () => columns.append(memory, 0, record.length, place),
        FormatError,
        "",
        `${schema} ${hex}`,
      );
    }
    const finder = new ExampleSchemaFinder();
    assertThrows(() => finder.add(memory, 0, record.length), WireFault, "", hex);
  }
});

Deno.test("tf.Example: fields that are not known are passed over within their message, and not beyond it", () => {
  for (
    const [hex, end] of [["4900000000000000000000", 6], ["4d0000000000", 4], ["4a05000000000000", 4]] as const
  ) {
    const columns = new ExampleColumns(parseSchema("a: int64?"), { uri: "memory://k" });
    const bytes = fromHex(hex);
    assertThrows(
      () => columns.append(bytes, 0, end, { record: 0, offset: 0 }),
      FormatError,
      "passes the end of its message",
    );
  }
});

Deno.test("tf.Example: numbers below what a column holds are faults, as those above are", () => {
  const cases = [
    ["uint8", -1, 256],
    ["int8", -129, 128],
    ["int16", -32769, 32768],
    ["uint32", -1, 2 ** 32],
    ["int32", -(2 ** 31) - 1, 2 ** 31],
    ["bool", -1, 2],
  ] as const;
  for (const [type, below, above] of cases) {
    for (const value of [below, above, below + 1, above - 1]) {
      const columns = new ExampleColumns(parseSchema(`a: ${type}`), { uri: "memory://k" });
      const record = encodeExample({ a: { ints: [value] } });
      const append = () => columns.append(record, 0, record.length, { record: 0, offset: 0 });
      if (value === below || value === above) {
        assertThrows(append, FormatError, `${type} cannot hold ${value}`);
      } else {
        append();
        const [column] = columns.finish().columns;
        assertEquals(Number(column && valueAt(column, 0)), value);
      }
    }
  }
});

Deno.test("ExampleSchemaFinder: records that do not fit together are no schema", () => {
  const find = (records: readonly Uint8Array[]) => {
    const finder = new ExampleSchemaFinder();
    for (const record of records) finder.add(record, 0, record.length);
    return finder.finish();
  };
  const one = encodeExample({ a: { ints: [1] } });
  assertThrows(
    () => find([one, encodeExample({ a: { floats: [1] } })]),
    WireFault,
    "holds floats, and before",
  );
  const list = encodeSequenceExample({}, { a: [{ ints: [1] }] });
  assertThrows(() => find([one, list]), WireFault, "a feature and a list of features are called");
  assertEquals(find([one, encodeExample({ a: { ints: [] } })]).fields.length, 1);
});

Deno.test("encodeExample: what a feature cannot hold, and a name that is no text, are refused", () => {
  const wrong: [Features, string][] = [
    [{ "\ud800": { ints: [1] } }, "is not valid Unicode"],
    [{ a: { bytes: ["\ud800"] } }, "cannot hold"],
    [{ a: { bytes: [1 as unknown as string] } }, "bytes or text"],
    [{ a: { floats: ["1" as unknown as number] } }, "a float is expected"],
    [{ a: { floats: [1n as unknown as number] } }, "a float is expected"],
    [{ a: { ints: [1.5] } }, "a whole number of 64 bits"],
    [{ a: { ints: [2n ** 63n] } }, "a whole number of 64 bits"],
    [{ a: { ints: [2 ** 53] } }, "a whole number of 64 bits"],
  ];
  for (const [features, message] of wrong) {
    assertThrows(() => encodeExample(features), TypeError, message);
    assertThrows(() => encodeSequenceExample({}, { x: [], ...nested(features) }), TypeError, message);
  }
});

function nested(features: Features) {
  return Object.fromEntries(Object.entries(features).map(([name, feature]) => [name, [feature]]));
}
