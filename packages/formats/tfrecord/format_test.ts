import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { getBytes, MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { encodeExample } from "../example/encode_example.ts";
import { openFormat } from "../formats/open_format.ts";
import { batchOf } from "../table/batch_builder.ts";
import type { TableBatch } from "../table/column.ts";
import { concatBatches } from "../table/concat_batches.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { formatSchema } from "../table/schema_text.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import { valueAt } from "../table/value_at.ts";
import { anyBatchOf } from "../testing/any_batch.ts";
import { putRecords } from "../testing/gather_records.ts";
import { format } from "./format.ts";
import { indexObjects } from "./index_file.ts";

const ROWS = Array.from(
  { length: 50 },
  (_, id) => ({ id: BigInt(id), name: `n${id}`, x: id % 3 === 0 ? null : [id, 0.5] }),
);
const RECORDS = ROWS.map(({ id, name, x }) =>
  encodeExample({ id: { ints: [id] }, name: { bytes: [name] }, ...(x && { x: { floats: x } }) })
);
const SCHEMA = "id: int64, name: string, x: list<float32>?";

async function storeOf(records: readonly Uint8Array[] = RECORDS): Promise<MemoryStore> {
  const store = new MemoryStore();
  await putRecords(store, "a.tfrecord", records);
  return store;
}

async function open(store: MemoryStore, key = "a.tfrecord", schema?: string): Promise<TableReader> {
  const { target } = await openFormat(store, key, { format: "tfrecord" });
  const table = await format.openTable?.(target, schema === undefined ? {} : { schema: parseSchema(schema) });
  if (!table) throw new Error("there is no table");
  return table;
}

async function rowsOf(table: TableReader, options?: ScanOptions): Promise<unknown[]> {
  const batches: TableBatch[] = [];
  for await (const batch of table.scan(options)) batches.push(batch);
  return batches.flatMap((batch) =>
    Array.from(
      { length: batch.rows },
      (_, row) =>
        Object.fromEntries(batch.columns.map((column) => [column.field.name, valueAt(column, row)])),
    )
  );
}

Deno.test("tfrecord table: a schema that is found or given, columns and rows", async () => {
  await using store = await storeOf();
  const found = await open(store);
  assertEquals(formatSchema(found.schema), "id: int64?, name: binary?, x: list<float32>?");
  const table = await open(store, "a.tfrecord", SCHEMA);
  assertEquals(await rowsOf(table), ROWS);
  assertEquals(
    await rowsOf(table, { columns: ["name", "id"], rows: { from: 10, to: 12 } }),
    [{ name: "n10", id: 10n }, { name: "n11", id: 11n }],
  );
  assertEquals(await rowsOf(found, { columns: ["id"], rows: { from: 48 } }), [{ id: 48n }, { id: 49n }]);
  assertEquals(await rowsOf(found, { rows: { from: 50 } }), []);
  const sizes: number[] = [];
  for await (const batch of table.scan({ batchRows: 20 })) sizes.push(batch.rows);
  assertEquals(sizes, [20, 20, 10]);
  await assertRejects(() => rowsOf(table, { columns: ["y"] }), TypeError, 'no column is called "y"');
  await assertRejects(() => open(store, "a.tfrecord", "id: date"), TypeError, "can be no feature");
});

Deno.test("tfrecord table: rows behind the first go by the index", async () => {
  const records = Array.from(
    { length: 400 },
    (_, id) => encodeExample({ id: { ints: [id] }, data: { bytes: [new Uint8Array(50_000)] } }),
  );
  await using inner = await storeOf(records);
  await indexObjects(inner, ["a.tfrecord"]);
  await using store = injectFaults(inner, []);
  const table = await open(store as unknown as MemoryStore, "a.tfrecord", "id: int64");
  const before = store.calls.length;
  assertEquals(await rowsOf(table, { rows: { from: 300, to: 301 } }), [{ id: 300n }]);
  assertEquals(store.calls.slice(before).filter(({ operation }) => operation === "get").length, 2);
  assertEquals(await rowsOf(table, { rows: { from: 400 } }), []);
});

Deno.test("tfrecord table: gzip, zlib and zstd objects are read in order", async () => {
  await using store = await storeOf();
  const { bytes } = await getBytes(store, "a.tfrecord");
  await store.put("a.tfrecord.gz", new Uint8Array(gzipSync(bytes)));
  await store.put("a.tfrecord.zst", new Uint8Array(zstdCompressSync(bytes)));
  for (const key of ["a.tfrecord.gz", "a.tfrecord.zst"]) {
    const table = await open(store, key, SCHEMA);
    assertEquals(await rowsOf(table), ROWS);
    assertEquals(await rowsOf(table, { rows: { from: 49 } }), ROWS.slice(49));
    const { target } = await openFormat(store, key, { format: "tfrecord" });
    const { checked, faults } = await format.verify(target);
    assertEquals([checked["CRC-32C of a record"], faults], [50, []]);
    assertEquals((await format.describe(target)).records, undefined);
  }
});

Deno.test("tfrecord table: records that are no Examples, and what comes late, are errors that say so", async () => {
  await using store = await storeOf([new TextEncoder().encode("\x7f text")]);
  await assertRejects(() => open(store), FormatError, "record 0 is none, or none like those before it");
  const { target } = await openFormat(store, "a.tfrecord");
  assertEquals((await format.describe(target)).schema, undefined);
  const late = Array.from(
    { length: 1001 },
    (_, id) => encodeExample({ [id === 1000 ? "b" : "a"]: { ints: [id] } }),
  );
  await putRecords(store, "late.tfrecord", late);
  const table = await open(store, "late.tfrecord");
  await assertRejects(() => rowsOf(table), FormatError, 'record 1000: the first records have no feature "b"');
  assertEquals(await rowsOf(await open(store, "late.tfrecord", "b: int64?"), { rows: { from: 999 } }), [
    { b: null },
    { b: 1000n },
  ]);
});

Deno.test("tfrecord: a record as long as gzip's first bytes say is read as it is", async () => {
  await using store = await storeOf([new Uint8Array(0x088b1f)]);
  const { target, compression } = await openFormat(store, "a.tfrecord");
  assertEquals(compression, undefined);
  assertEquals((await format.verify(target)).checked["CRC-32C of a record"], 1);
});

Deno.test("tfrecord describe: schema, records by the index, and a stale index", async () => {
  await using store = await storeOf();
  await indexObjects(store, ["a.tfrecord"]);
  const { target } = await openFormat(store, "a.tfrecord");
  const { records, rows, inferred, metadata, size, checksums } = await format.describe(target);
  assertEquals([records, rows, inferred, metadata, checksums.length], [50, 50, true, {
    index: "a.tfrecord.idx",
  }, 2]);
  assertEquals(size, (await store.head("a.tfrecord")).size);
  await store.put("a.tfrecord.idx", new Uint8Array(0));
  const stale = await format.describe(target);
  assertEquals(stale.records, undefined);
  assertEquals(stale.metadata?.["index"]?.startsWith("stale: its records end at byte 0"), true);
});

Deno.test("tfrecord verify: counts what fits, names every record that does not, and goes on behind it", async () => {
  await using store = await storeOf();
  const { bytes } = await getBytes(store, "a.tfrecord");
  const bounds = [0];
  for (const { length } of RECORDS) bounds.push((bounds.at(-1) ?? 0) + length + 16);
  const verify = async (change: (bytes: Uint8Array) => Uint8Array | void) => {
    const copy = bytes.slice();
    await store.put("a.tfrecord", change(copy) ?? copy);
    let read = 0;
    const { target } = await openFormat(store, "a.tfrecord", { format: "tfrecord" });
    const result = await format.verify(target, { onBytes: (more) => read += more, maxFaults: 3 });
    assertEquals(read, result.bytes);
    const { "CRC-32C of a length": lengths, "CRC-32C of a record": records } = result.checked;
    return [lengths, records, ...result.faults.map((fault) => (fault as FormatError).record)];
  };
  const flip = (record: number, place: number) => (copy: Uint8Array) => {
    const at = (bounds[record] ?? 0) + place;
    copy[at] = (copy[at] ?? 0) ^ 4;
  };
  assertEquals(await verify(() => {}), [50, 50]);
  assertEquals(await verify((copy) => (flip(3, 12)(copy), flip(7, 14)(copy))), [50, 48, 3, 7]);
  assertEquals(await verify(flip(10, 0)), [10, 10, 10]);
  assertEquals(await verify((copy) => copy.slice(0, -1)), [49, 49, 49]);
  assertEquals(
    (await verify((copy) => [1, 2, 3, 4, 5].forEach((record) => flip(record, 12)(copy)))).slice(2),
    [1, 2, 3],
  );
  await indexObjects(store, ["a.tfrecord"]);
  assertEquals(await verify(() => {}), [50, 50]);
  // Of the same bytes in all, and the first two records cut otherwise.
  const lines = new TextDecoder().decode((await getBytes(store, "a.tfrecord.idx")).bytes).split("\n");
  const [first = "", second = ""] = lines;
  const [one, two] = [Number(first.split(" ")[1]), Number(second.split(" ")[1])];
  await store.put(
    "a.tfrecord.idx",
    new TextEncoder().encode([`0 ${one + 1}`, `${one + 1} ${two - 1}`, ...lines.slice(2)].join("\n")),
  );
  assertEquals(await verify(() => {}), [50, 50, 1]);
  await store.put("a.tfrecord.idx", new Uint8Array(0));
  assertEquals(await verify(() => {}), [50, 50, undefined]);
});

const WRITABLE =
  "i: int8, u: uint16?, l: int64?, b: bool, f: float16, g: float32?, s: string, y: binary?, z: fixed-binary(3), " +
  "ls: list<string>?, li: list<int32, 2>?, lf: list<float32>";

Deno.test("tfrecord createTable: what is written is read with the same schema", async () => {
  const schema = parseSchema(WRITABLE.replace("f: float16, ", ""));
  await fc.assert(
    fc.asyncProperty(fc.array(anyBatchOf(schema), { maxLength: 3 }), async (batches) => {
      await using store = new MemoryStore();
      await using writer = await format.createTable?.(store, "a.tfrecord", { schema });
      for (const batch of batches) await writer?.write(batch);
      await writer?.close();
      const table = await open(store, "a.tfrecord", formatSchema(schema));
      const all = concatBatches(schema, batches.length > 0 ? batches : [batchOf(schema, [])]);
      const rows = Array.from(
        { length: all.rows },
        (_, row) =>
          Object.fromEntries(all.columns.map((column) => [column.field.name, valueAt(column, row)])),
      );
      assertEquals(await rowsOf(table), rows);
    }),
    { numRuns: 40 },
  );
});

Deno.test("tfrecord createTable: columns that no feature holds exactly are refused before anything is written", async () => {
  await using store = new MemoryStore();
  for (
    const schema of ["x: float64", "d: date", "l: list<list<int8>>", "l: list<date>", "s: struct<a: int8>"]
  ) {
    await assertRejects(
      async () => await format.createTable?.(store, "k", { schema: parseSchema(schema) }),
      TypeError,
      "can be no feature of a tf.Example",
    );
  }
  await assertRejects(
    async () =>
      await format.createTable?.(store, "k", { schema: parseSchema("a: int8"), compression: "snappy" }),
    TypeError,
    "none or gzip",
  );
  await using writer = await format.createTable?.(store, "k", {
    schema: parseSchema("a: uint64"),
    compression: "gzip",
  });
  await assertRejects(
    async () => await writer?.write(batchOf(parseSchema("a: uint64"), [{ a: 2n ** 64n - 1n }])),
    TypeError,
    "cannot hold 18446744073709551615",
  );
  await assertRejects(
    async () => await writer?.write(batchOf(parseSchema("b: int8"), [])),
    TypeError,
    "another schema",
  );
});

Deno.test("tfrecord createTable: lists whose items might have no value are written, and refused where one has none", async () => {
  await using store = new MemoryStore();
  const schema = parseSchema("l: list<int8?>?, f: list<float32?, 2>?");
  {
    await using writer = await format.createTable?.(store, "a.tfrecord", { schema });
    await writer?.write(
      batchOf(schema, [{ l: [1, 2], f: [0.5, 1] }, { l: [], f: null }, { l: null, f: [2, 3] }]),
    );
    await writer?.close();
  }
  const table = await open(store, "a.tfrecord", "l: list<int8>?, f: list<float32>?");
  assertEquals(await rowsOf(table), [{ l: [1, 2], f: [0.5, 1] }, { l: [], f: null }, {
    l: null,
    f: [2, 3],
  }]);
  for (const row of [{ l: [1, null], f: null }, { l: null, f: [null, 1] }]) {
    await using writer = await format.createTable?.(store, "b.tfrecord", { schema });
    await writer?.write(batchOf(schema, [{ l: [1], f: [0, 0] }]));
    const column = row.l ? "l" : "f";
    await assertRejects(
      async () => await writer?.write(batchOf(schema, [row])),
      TypeError,
      `column "${column}" has a list with an item without a value`,
    );
  }
  await assertRejects(() => store.head("b.tfrecord"), NotFoundError);
});
