import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { BytesSource } from "../source/bytes_source.ts";
import { batchOf } from "../table/batch_builder.ts";
import type { TableBatch } from "../table/column.ts";
import { parseSchema } from "../table/parse_schema.ts";
import type { ColumnType, Schema } from "../table/schema.ts";
import { type RowValue, valueAt } from "../table/value_at.ts";
import { anyBatchOf, anySchema } from "../testing/any_batch.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { readRows } from "../testing/rows_of.ts";
import { openParquet } from "./parquet_reader.ts";
import { createParquetWriter, type ParquetWriterOptions } from "./parquet_writer.ts";
import { verifyParquet } from "./verify_parquet.ts";

function rowsOf({ rows, columns }: TableBatch): RowValue[][] {
  return Array.from({ length: rows }, (_, row) => columns.map((column) => valueAt(column, row)));
}

async function write(
  store: ObjectStore,
  batches: readonly TableBatch[],
  options: ParquetWriterOptions,
): Promise<void> {
  await using writer = await createParquetWriter(store, "t.parquet", options);
  for (const batch of batches) await writer.write(batch);
  await writer.close();
}

async function read(store: ObjectStore): Promise<{ schema: Schema; rows: RowValue[][]; groups: number }> {
  await using table = await openParquet(store, "t.parquet");
  const rows = (await Array.fromAsync(table.scan())).flatMap(rowsOf);
  const { bytes } = await getBytes(store, "t.parquet");
  const { faults, checked } = await verifyParquet(new BytesSource(bytes, "memory://t"));
  assertEquals(faults, []);
  const pages = rows.length > 0 && table.schema.fields.length > 0;
  assert((checked["CRC-32 of a page"] ?? 0) > 0 === pages);
  return { schema: table.schema, rows, groups: table.footer.groups.length };
}

/** The type as Parquet has it: no seconds, no lists of a fixed size. */
function stored(type: ColumnType): ColumnType {
  if ("unit" in type && type.unit === "s") return { ...type, unit: "ms" };
  if (type.kind === "list") {
    return { kind: "list", item: { ...type.item, name: "item", type: stored(type.item.type) } };
  }
  if (type.kind !== "struct") return type;
  return { kind: "struct", fields: type.fields.map((field) => ({ ...field, type: stored(field.type) })) };
}

Deno.test("parquet: tables of all types come back as they were written, by every codec", async () => {
  const schemas = anySchema({ without: ["duration"], minColumns: 1 }).map(({ fields }): Schema => ({
    fields: fields.map((field) => ({ ...field, type: stored(field.type) })),
  }));
  const tables = schemas.chain((schema) =>
    fc.tuple(
      fc.constant(schema),
      fc.array(anyBatchOf(schema), { maxLength: 3 }),
      fc.constantFrom("zstd", "none", "snappy", "gzip:1", "brotli:1"),
      fc.integer({ min: 1, max: 30 }),
    )
  );
  await fc.assert(
    fc.asyncProperty(tables, async ([schema, batches, compression, groupRows]) => {
      await using store = new MemoryStore();
      await write(store, batches, { schema, compression, groupRows });
      const got = await read(store);
      assertEquals(got.schema.fields, schema.fields);
      const due = batches.flatMap(rowsOf);
      assertEquals(got.rows, due);
      assertEquals(got.groups, Math.ceil(due.length / groupRows));
    }),
    { numRuns: 200 },
  );
});

const COLUMNS: Schema = {
  fields: [
    { name: "id", type: { kind: "int64" }, nullable: false },
    { name: "name", type: { kind: "string" }, nullable: true },
    {
      name: "tags",
      type: { kind: "list", item: { name: "item", type: { kind: "int16" }, nullable: true } },
      nullable: true,
    },
  ],
};

function some(count: number, from = 0): TableBatch {
  return batchOf(
    COLUMNS,
    Array.from({ length: count }, (_, index) => {
      const id = from + index;
      return {
        id: BigInt(id),
        name: id % 7 === 3 ? null : `name ${id % 50}`,
        tags: id % 5 === 0 ? null : Array.from({ length: id % 4 }, (_, tag) => tag === 2 ? null : tag),
      };
    }),
  );
}

Deno.test("parquet: no rows at all, and batches without any, make a table of none", async () => {
  for (const batches of [[], [some(0)]]) {
    await using store = new MemoryStore();
    await write(store, batches, { schema: { ...COLUMNS, metadata: { by: "é" } } });
    const { schema, rows, groups } = await read(store);
    assertEquals([schema.fields, schema.metadata, rows, groups], [COLUMNS.fields, { by: "é" }, [], 0]);
  }
});

Deno.test("parquet: seconds are written as milliseconds, and those that they do not reach are refused", async () => {
  const schema: Schema = {
    fields: [
      { name: "at", type: { kind: "timestamp", unit: "s", zone: "UTC" }, nullable: false },
      { name: "time", type: { kind: "time", unit: "s" }, nullable: false },
    ],
  };
  await using store = new MemoryStore();
  const row = { at: "2026-11-29T21:50:00Z", time: "21:50:00" };
  await write(store, [batchOf(schema, [row])], { schema });
  assertEquals((await read(store)).rows, [["2026-11-29T21:50:00.000Z", "21:50:00.000"]]);
  const far = batchOf(schema, [row]);
  (far.columns[0]?.values as BigInt64Array)[0] = 2n ** 62n;
  await assertRejects(
    () => write(store, [far], { schema }),
    RangeError,
    'column "at" has 4611686018427387904000 ms',
  );
});

Deno.test("parquet: what cannot be written is told, and nothing is left behind", async () => {
  await using store = new MemoryStore();
  const refused = (type: ColumnType, detail: string) =>
    assertRejects(
      () => write(store, [], { schema: { fields: [{ name: "x", type, nullable: true }] } }),
      UnsupportedError,
      detail,
    );
  await refused({ kind: "duration", unit: "s" }, 'column "x" is a duration, which Parquet has no word for');
  await refused({ kind: "struct", fields: [] }, 'column "x" is a struct of no fields');
  await assertRejects(
    () => write(store, [], { schema: COLUMNS, compression: "lzo" }),
    TypeError,
    "it is none of none, snappy, gzip[:1..9]",
  );
  await assertRejects(() => write(store, [], { schema: COLUMNS, compression: "zstd:23" }), TypeError);
  await assertRejects(() => write(store, [], { schema: COLUMNS, groupRows: 0 }), RangeError);
  const other = batchOf({ fields: [{ name: "x", type: { kind: "bool" }, nullable: false }] }, [{ x: true }]);
  await assertRejects(() => write(store, [some(9), other], { schema: COLUMNS }), TypeError, "another schema");
  const decimal: Schema = {
    fields: [{ name: "d", type: { kind: "decimal", precision: 3, scale: 1 }, nullable: false }],
  };
  const wide = batchOf(decimal, [{ d: "99.9" }]);
  (wide.columns[0]?.values as Uint8Array)[2] = 1;
  await assertRejects(
    () => write(store, [wide], { schema: decimal }),
    RangeError,
    "a decimal of more than 3 digits",
  );
  assertEquals(await Array.fromAsync(store.list("")), []);
});

Deno.test("parquet: text that is no UTF-8 is neither written nor read", async () => {
  const texts = (
    kind: "string" | "binary",
    values: readonly number[],
    offsets: readonly number[],
  ): TableBatch => {
    const field = { name: "x", type: { kind }, nullable: false };
    const column = { field, length: 2, offsets: Int32Array.from(offsets), values: Uint8Array.from(values) };
    return { schema: { fields: [field] }, rows: 2, columns: [column] };
  };
  for (const [values, offsets] of [[[0x61, 0xff], [0, 1, 2]], [[0xc3, 0xa9], [0, 1, 2]]] as const) {
    await using store = new MemoryStore();
    const text = texts("string", values, offsets);
    await assertRejects(
      () => write(store, [text], { schema: text.schema }),
      TypeError,
      'column "x" of string has a text that is no',
    );
    const { schema, ...bytes } = texts("binary", values, offsets);
    await write(store, [{ schema, ...bytes }], { schema, compression: "none" });
    const file = (await getBytes(store, "t.parquet")).bytes.slice();
    // The column's type in the footer: what is no text by what is told is one by another word.
    await write(store, [texts("string", [0x61, 0x62], offsets)], {
      schema: text.schema,
      compression: "none",
    });
    const told = (await getBytes(store, "t.parquet")).bytes;
    const from = (bytes: Uint8Array) =>
      bytes.length - 8 - new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
    const pages = file.subarray(0, from(file));
    assertEquals(pages.length, from(told));
    await store.put("t.parquet", Uint8Array.from([...pages, ...told.subarray(from(told))]));
    await using table = await openParquet(store, "t.parquet");
    await assertRejects(
      () => Array.fromAsync(table.scan()),
      FormatError,
      'column "x" has text that is no UTF-8 (row group 0)',
    );
  }
});

Deno.test("parquet: what is read of many row groups is counted", async () => {
  await using below = new MemoryStore();
  await write(below, [some(5000), some(5000, 5000)], {
    schema: COLUMNS,
    groupRows: 1000,
    compression: "none",
  });
  const store = injectFaults(below, []);
  const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
  await using table = await openParquet(store, "t.parquet", { window: 16384 });
  assertEquals([table.rows, table.footer.groups.length, gets()], [10000, 10, 1]);
  const found: RowValue[] = [];
  for await (const batch of table.scan({ columns: ["name"], rows: { from: 2999, to: 4001 } })) {
    found.push(...rowsOf(batch).flat());
  }
  assertEquals(found, rowsOf(some(1002, 2999)).map(([, name]) => name));
  assertEquals(gets(), 4);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("parquet: a scan that is left or aborted gives back what it read ahead", async () => {
  await using store = new MemoryStore();
  await write(store, [some(5000)], { schema: COLUMNS, groupRows: 100 });
  await using table = await openParquet(store, "t.parquet", { window: 8 });
  for await (const { rows } of table.scan()) {
    assertEquals(rows, 100);
    assert(store.context.budget.held > 0);
    break;
  }
  assertEquals(store.context.budget.held, 0);
  const control = new AbortController();
  await assertRejects(
    async () => {
      for await (const _ of table.scan({ signal: control.signal })) control.abort(new Error("enough"));
    },
    Error,
    "enough",
  );
  assertEquals(store.context.budget.held, 0);
});

Deno.test("parquet: every damage of the pages of a written file is found, or changes no value", async () => {
  await using store = new MemoryStore();
  await write(store, [some(12)], { schema: COLUMNS, groupRows: 6 });
  const { bytes } = await getBytes(store, "t.parquet");
  await using table = await openParquet(store, "t.parquet");
  const due = JSON.stringify(
    rowsOf(some(12)).flat(),
    (_, value) => typeof value === "bigint" ? `${value}` : value,
  );
  const end = Math.max(
    ...table.footer.groups.flatMap(({ chunks }) => chunks.map((chunk) => chunk.offset + chunk.length)),
  );
  await assertDamageIsFound(bytes, {
    read: async (store, key) => {
      const { faults } = await verifyParquet(new BytesSource((await getBytes(store, key)).bytes, key));
      const [fault] = faults;
      if (fault) throw fault;
      await using table = await openParquet(store, key);
      const rows = (await Array.fromAsync(table.scan())).flatMap(rowsOf).flat();
      if (JSON.stringify(rows, (_, value) => typeof value === "bigint" ? `${value}` : value) === due) {
        throw new FormatError({ operation: "-", uri: key, detail: "the same" });
      }
    },
    // The footer has no checksum.
    isUndetectable: ({ what }) => Number(/^byte (\d+)/.exec(what)?.[1] ?? 0) >= end,
  });
});

Deno.test("parquet: a name that begins with U+FEFF keeps it, and is another one than that without", async () => {
  const schema = parseSchema('"\ufeffa": int8, a: int8, s: struct<"\ufeffx": int8, x: int8>');
  const row = { "\ufeffa": 1, a: 2, s: { "\ufeffx": 3, x: 4 } };
  await using store = new MemoryStore();
  await using writer = await createParquetWriter(store, "k", { schema });
  await writer.write(batchOf(schema, [row]));
  await writer.close();
  await using table = await openParquet(store, "k");
  assertEquals(table.schema.fields, schema.fields);
  assertEquals(await readRows(table), [row]);
  assertEquals(await readRows(table, { columns: ["\ufeffa"] }), [{ "\ufeffa": 1 }]);
});
