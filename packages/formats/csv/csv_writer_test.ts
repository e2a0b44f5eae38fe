import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { batchOf } from "../table/batch_builder.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { formatSchema } from "../table/schema_text.ts";
import { anyBatch } from "../testing/any_batch.ts";
import { readRows, rowsOf } from "../testing/rows_of.ts";
import type { CsvWriterOptions } from "./csv_options.ts";
import { createCsvWriter } from "./csv_writer.ts";
import { openCsv } from "./open_csv.ts";

async function written(
  batch: ReturnType<typeof batchOf>,
  options: Partial<CsvWriterOptions> = {},
  key = "t",
) {
  const store = new MemoryStore();
  await using writer = await createCsvWriter(store, key, { schema: batch.schema, ...options });
  await writer.write(batch);
  await writer.close();
  return store;
}

async function textOf(store: MemoryStore, key = "t"): Promise<string> {
  return await new Response((await store.get(key)).body).text();
}

Deno.test("csv: .gz and .zst are read and written, and what is damaged of them is an error", async () => {
  const plain = "a,b\n1,x\n2,y\n";
  const expected = [{ a: 1n, b: "x" }, { a: 2n, b: "y" }];
  const bytes = new TextEncoder().encode(plain);
  const rows = async (packed: Uint8Array) => {
    const store = new MemoryStore();
    await store.put("t", packed);
    return await readRows(await openCsv(store, "t"));
  };
  const gzip = new Uint8Array(gzipSync(bytes));
  assertEquals(await rows(gzip), expected);
  assertEquals(await rows(new Uint8Array(zstdCompressSync(bytes))), expected);
  await assertRejects(() => rows(gzip.slice(0, -3)), FormatError, "cut or damaged");
  const batch = batchOf(parseSchema("a: int64, b: string"), [{ a: 1, b: "x" }, { a: 2, b: "y" }]);
  for (const key of ["t.csv.gz", "t.csv.zst"]) {
    const store = await written(batch, {}, key);
    assertEquals(await readRows(await openCsv(store, key)), expected);
    assertEquals((await store.get(key)).info.size !== plain.length, true);
  }
});

Deno.test("csv: the writer's bytes", async () => {
  const schema = parseSchema(
    `i: int64?, f: float32?, g: float64?, b: bool, s: string?, "q,": date, t: timestamp(ms, "UTC"), m: decimal(5, 2)?`,
  );
  const batch = batchOf(schema, [
    {
      i: -(2n ** 63n),
      f: 0.1,
      g: 1e300,
      b: true,
      s: "",
      "q,": "2026-01-01",
      t: "2026-01-01T00:00:00.000Z",
      m: "-0.05",
    },
    {
      i: null,
      f: -0,
      g: NaN,
      b: false,
      s: 'a "b",\n',
      "q,": "1969-12-31",
      t: "1969-12-31T23:59:59.999Z",
      m: null,
    },
    {
      i: 0,
      f: 16777216,
      g: -Infinity,
      b: false,
      s: null,
      "q,": "0000-01-01",
      t: "2026-01-01T00:00:00.000Z",
      m: "1.00",
    },
    {
      i: 1,
      f: 1e-45,
      g: 5e-324,
      b: false,
      s: "007",
      "q,": "2026-01-01",
      t: "2026-01-01T00:00:00.000Z",
      m: "1.00",
    },
    {
      i: 1,
      f: 3.4028235e38,
      g: 0.30000000000000004,
      b: false,
      s: "12",
      "q,": "2026-01-01",
      t: "2026-01-01T00:00:00.000Z",
      m: "1.00",
    },
  ]);
  const store = await written(batch);
  assertEquals(
    await textOf(store),
    'i,f,g,b,s,"q,",t,m\n' +
      '-9223372036854775808,0.1,1e+300,true,"",2026-01-01,2026-01-01T00:00:00.000Z,-0.05\n' +
      ',-0.0,NaN,false,"a ""b"",\n",1969-12-31,1969-12-31T23:59:59.999Z,\n' +
      "0,16777216.0,-inf,false,,0000-01-01,2026-01-01T00:00:00.000Z,1.00\n" +
      "1,1e-45,5e-324,false,007,2026-01-01,2026-01-01T00:00:00.000Z,1.00\n" +
      '1,3.4028235e+38,0.30000000000000004,false,"12",2026-01-01,2026-01-01T00:00:00.000Z,1.00\n',
  );
  assertEquals((await store.head("t")).contentType, "text/csv");
});

Deno.test("csv: whatever is written is read as the same values, by its schema", async () => {
  const without = ["binary", "fixed-binary", "list", "struct"] as const;
  await fc.assert(
    fc.asyncProperty(
      anyBatch({ without, minColumns: 1 }),
      fc.constantFrom({}, { delimiter: ";" }, { delimiter: "\t" }, { delimiter: " " }, { header: false }),
      async (batch, dialect) => {
        const store = await written(batch, dialect);
        const reader = await openCsv(store, "t", { schema: batch.schema, ...dialect });
        assertEquals(await readRows(reader), rowsOf(batch));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("csv: what is inferred of what is written is as wide, and text stays text", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          s: fc.oneof(fc.string(), fc.constantFrom("1", "true", "2026-01-01", "nan", "-1.5", "inf")),
          f: fc.double({ noNaN: true }),
          i: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        }),
        { minLength: 1 },
      ),
      async (values) => {
        const batch = batchOf(parseSchema("s: string, f: float64, i: int64"), values);
        const reader = await openCsv(await written(batch), "t");
        assertEquals(formatSchema(reader.schema), "s: string?, f: float64?, i: int64?");
        assertEquals(await readRows(reader), rowsOf(batch));
      },
    ),
  );
});

Deno.test("csv: what cannot be written is refused before anything is", async () => {
  const store = new MemoryStore();
  const refused = async (schema: string, options: Partial<CsvWriterOptions>, detail: string) =>
    await assertRejects(
      () => createCsvWriter(store, "t", { schema: parseSchema(schema), ...options }),
      TypeError,
      detail,
    );
  await refused("a: int8, l: list<int8>", {}, '"l" of list<int8> cannot be in csv; leave it out');
  await refused("a: int8, b: binary", {}, '"b" of binary');
  await refused("", {}, "without columns");
  await refused("a: int8", { delimiter: "-" }, "would part numbers");
  const schema = parseSchema("a: string");
  await using writer = await createCsvWriter(store, "t", { schema, quotes: false });
  await assertRejects(() => writer.write(batchOf(parseSchema("b: string"), [])), TypeError, "another schema");
  await assertRejects(() => writer.write(batchOf(schema, [{ a: "x,y" }])), TypeError, "without quotes");
  const text = batchOf(schema, [{ a: "x" }]);
  await using another = await createCsvWriter(store, "t", { schema });
  const columns = text.columns.map((column) => ({ ...column, values: Uint8Array.of(0xff) }));
  await assertRejects(() => another.write({ ...text, columns }), TypeError, "no UTF-8");
  assertEquals(await Array.fromAsync(store.list()), []);
});
