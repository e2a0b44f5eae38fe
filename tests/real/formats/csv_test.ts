import { assertEquals, assertRejects } from "@std/assert";
import { openFileStore } from "@lade/fs";
import { createCsvWriter, openCsv } from "@lade/formats/csv";
import { createJsonlWriter, openJsonl } from "@lade/formats/jsonl";
import { batchOf, formatSchema, parseSchema, type TableReader, valueAt } from "@lade/formats/table";
import { testWithPython } from "./python.ts";

async function rowsOf(reader: TableReader): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { rows: count, columns } of reader.scan()) {
    for (let row = 0; row < count; row++) {
      rows.push(Object.fromEntries(columns.map((column) => [column.field.name, valueAt(column, row)])));
    }
  }
  return rows;
}

const SCHEMA = parseSchema(
  `i8: int8?, i16: int16?, i32: int32?, i64: int64?, u8: uint8?, u16: uint16?, u32: uint32?, u64: uint64?, f32: float32?,
   f64: float64?, b: bool?, s: string?, d: date?, t: timestamp(us)?, z: timestamp(ms, "UTC")?, m: decimal(20, 3)?`,
);
const ROWS = [
  {
    i8: -128,
    i16: -32768,
    i32: -(2 ** 31),
    i64: -(2n ** 63n),
    u8: 255,
    u16: 65535,
    u32: 2 ** 32 - 1,
    u64: 2n ** 64n - 1n,
    f32: Math.fround(0.1),
    f64: 0.30000000000000004,
    b: true,
    s: 'a "b",\r\n☃',
    d: "1969-12-31",
    t: "2026-11-29T21:50:00.000001",
    z: "1969-12-31T23:59:59.999Z",
    m: "-12345678901234567.890",
  },
  Object.fromEntries(SCHEMA.fields.map(({ name }) => [name, null])),
  {
    i8: 0,
    i16: 0,
    i32: 0,
    i64: 0n,
    u8: 0,
    u16: 0,
    u32: 0,
    u64: 0n,
    f32: 16777216,
    f64: 5e-324,
    b: false,
    s: "007",
    d: "2026-02-28",
    t: "1677-09-21T00:12:44.000000",
    z: "2026-11-29T00:00:00.000Z",
    m: "0.000",
  },
];

const TYPES = `
import sys, json, datetime, decimal
import pyarrow as pa, pyarrow.csv as csv
schema = pa.schema([("i8", pa.int8()), ("i16", pa.int16()), ("i32", pa.int32()), ("i64", pa.int64()), ("u8", pa.uint8()),
    ("u16", pa.uint16()), ("u32", pa.uint32()), ("u64", pa.uint64()), ("f32", pa.float32()), ("f64", pa.float64()),
    ("b", pa.bool_()), ("s", pa.string()), ("d", pa.date32()), ("t", pa.timestamp("us")), ("z", pa.timestamp("ms", "UTC")),
    ("m", pa.decimal128(20, 3))])
D = datetime.datetime
UTC = datetime.timezone.utc
rows = [
    [-128, -32768, -2**31, -2**63, 255, 65535, 2**32 - 1, 2**64 - 1, 0.1, 0.30000000000000004, True, 'a "b",\\r\\n\\u2603',
        datetime.date(1969, 12, 31), D(2026, 11, 29, 21, 50, 0, 1), D(1969, 12, 31, 23, 59, 59, 999000, UTC), decimal.Decimal("-12345678901234567.890")],
    [None] * 16,
    [0, 0, 0, 0, 0, 0, 0, 0, 16777216.0, 5e-324, False, "007", datetime.date(2026, 2, 28), D(1677, 9, 21, 0, 12, 44),
        D(2026, 11, 29, tzinfo=UTC), decimal.Decimal("0.000")],
]
table = pa.Table.from_arrays([pa.array(values, type) for values, type in zip(zip(*rows), schema.types)], schema=schema)
`;

testWithPython("csv: what pyarrow writes is read here, of all types", async ({ directory, run }) => {
  await run(`${TYPES}\ncsv.write_csv(table, "rows.csv")`);
  await using store = await openFileStore(directory);
  assertEquals(await rowsOf(await openCsv(store, "rows.csv", { schema: SCHEMA })), ROWS);
});

testWithPython(
  "csv: pyarrow and Python's csv read what is written here, of all types",
  async ({ directory, run }) => {
    await using store = await openFileStore(directory);
    for (const [key, delimiter] of [["rows.csv", ","], ["rows.csv.gz", ","], ["rows.tsv", "\t"]] as const) {
      await using writer = await createCsvWriter(store, key, { schema: SCHEMA, delimiter });
      await writer.write(batchOf(SCHEMA, ROWS));
      await writer.close();
      const found = await run(
        `${TYPES}
options = csv.ConvertOptions(column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""])
read = csv.read_csv(sys.argv[1], parse_options=csv.ParseOptions(delimiter=sys.argv[2], newlines_in_values=True), convert_options=options)
print(read.equals(table), read.schema == schema)`,
        key,
        delimiter,
      );
      assertEquals(found, "True True", key);
    }
    const cells = await run(
      `import csv\nwith open("rows.csv", newline="") as file: print([len(row) for row in csv.reader(file)])`,
    );
    assertEquals(cells, "[16, 16, 16, 16]");
  },
);

testWithPython(
  "csv: types are inferred as pyarrow infers them, where nothing is lost",
  async ({ directory, run }) => {
    const schema = await run(`
import random, pyarrow as pa, pyarrow.csv as csv
random.seed(2)
with open("rows.csv", "w") as file:
    file.write("i,f,b,d,t,s\\n")
    for i in range(1000):
        file.write(f"{i - 500},{random.gauss(0, 1e9)!r},{'true' if i & 1 else 'false'},2026-01-{i % 31 + 1:02},2026-01-01 10:00:{i % 60:02},word {i}\\n")
table = csv.read_csv("rows.csv")
csv.write_csv(table, "again.csv")
print(",".join(f"{f.name}:{f.type}" for f in table.schema))`);
    assertEquals(schema, "i:int64,f:double,b:bool,d:date32[day],t:timestamp[s],s:string");
    await using store = await openFileStore(directory);
    const table = await openCsv(store, "rows.csv");
    assertEquals(
      formatSchema(table.schema),
      "i: int64?, f: float64?, b: bool?, d: date?, t: timestamp(us)?, s: string?",
    );
    const rows = await rowsOf(table);
    assertEquals(rows, await rowsOf(await openCsv(store, "again.csv", { schema: table.schema })));
    const floats = await run(`
import csv, json, struct
with open("rows.csv", newline="") as file: print(json.dumps([struct.pack(">d", float(row["f"])).hex() for row in csv.DictReader(file)]))`);
    assertEquals(
      (rows as { f: number }[]).map(({ f }) => {
        const view = new DataView(new ArrayBuffer(8));
        view.setFloat64(0, f);
        return new Uint8Array(view.buffer).toHex();
      }),
      JSON.parse(floats),
    );
  },
);

testWithPython(
  "jsonl: Python's json and pyarrow read what is written here, and the other way around",
  async ({ directory, run }) => {
    await using store = await openFileStore(directory);
    const schema = parseSchema(
      "i: int64?, u: uint64?, f: float64?, g: float32?, b: bool?, s: string?, l: list<list<int64?>?>?, o: struct<x: int64?, y: string?>?",
    );
    const rows = [
      {
        i: -(2n ** 63n),
        u: 2n ** 64n - 1n,
        f: 0.1,
        g: 0.5,
        b: true,
        s: 'é"\\\n\u2028',
        l: [[1n, null], null, []],
        o: { x: 1n, y: "" },
      },
      { i: null, u: null, f: null, g: null, b: null, s: null, l: null, o: null },
      { i: 2n ** 53n + 1n, u: 0n, f: 1e300, g: -2, b: false, s: "", l: [], o: { x: null, y: null } },
    ];
    await using writer = await createJsonlWriter(store, "rows.jsonl", { schema });
    await writer.write(batchOf(schema, rows));
    await writer.close();
    const same = await run(`
import json, pyarrow.json as pj
rows = [json.loads(line) for line in open("rows.jsonl", encoding="utf-8").read().split("\\n") if line]
assert rows[0]["i"] == -2**63 and rows[0]["u"] == 2**64 - 1 and rows[2]["i"] == 2**53 + 1
assert rows[0]["s"] == 'é"\\\\\\n\\u2028' and rows[0]["l"] == [[1, None], None, []] and rows[1] == dict.fromkeys(rows[0])
assert pj.read_json("rows.jsonl").num_rows == 3
with open("again.jsonl", "w") as file:
    for row in rows: print(json.dumps(row), file=file)
print("same")`);
    assertEquals(same, "same");
    assertEquals(await rowsOf(await openJsonl(store, "again.jsonl", { schema })), rows);
    await run(`import json\nopen("nan.jsonl", "w").write(json.dumps({"a": float("nan")}))`);
    await assertRejects(() => openJsonl(store, "nan.jsonl"), Error, "a value is wanted");
  },
);
