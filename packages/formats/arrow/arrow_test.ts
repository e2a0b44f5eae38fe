import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { MemoryStore } from "@lade/core";
import { openFormat } from "../formats/open_format.ts";
import type { TableBatch, TableReader } from "../table/mod.ts";
import { batchOf, checkBatch, concatBatches, type Schema, sliceRows, valueAt } from "../table/mod.ts";
import { randomTable } from "../testing/random_table.ts";
import { createArrowFileWriter, createArrowStreamWriter, openArrowFile, openArrowStream } from "./mod.ts";

const FORMS = {
  file: { create: createArrowFileWriter, open: openArrowFile },
  stream: { create: createArrowStreamWriter, open: openArrowStream },
};

/** All values of a table. */
function rowsOf(batches: readonly TableBatch[]): unknown[] {
  return batches.flatMap(({ rows, columns }) =>
    Array.from({ length: rows }, (_, row) => columns.map((column) => valueAt(column, row)))
  );
}

async function scanned(reader: TableReader, options = {}): Promise<TableBatch[]> {
  const batches: TableBatch[] = [];
  for await (const batch of reader.scan(options)) {
    checkBatch(batch, batch.schema);
    batches.push(batch);
  }
  return batches;
}

for (const [form, { create, open }] of Object.entries(FORMS)) {
  for (const compression of ["none", "zstd"] as const) {
    Deno.test(`Arrow ${form}, ${compression}: any table comes back as it was written`, async () => {
      await fc.assert(
        fc.asyncProperty(randomTable(), fc.constantFrom(8, 64), async ({ schema, batches }, alignment) => {
          await using store = new MemoryStore();
          const writer = await create(store, "t", { schema, compression, alignment: alignment as 8 | 64 });
          for (const batch of batches) await writer.write(batch);
          await writer.close();
          const reader = await open(store, "t");
          assertEquals(reader.schema, schema);
          const found = await scanned(reader);
          assertEquals(rowsOf(found), rowsOf(batches));
          assertEquals(
            found.map(({ rows }) => rows),
            batches.map(({ rows }) => rows).filter((rows) => rows > 0),
          );
        }),
        { numRuns: 60 },
      );
    });
  }

  Deno.test(`Arrow ${form}: columns and rows are those asked for, in batches of as many rows`, async () => {
    await fc.assert(
      fc.asyncProperty(
        randomTable(),
        fc.nat(50),
        fc.nat(50),
        fc.integer({ min: 1, max: 7 }),
        async ({ schema, batches }, from, more, batchRows) => {
          await using store = new MemoryStore();
          const writer = await create(store, "t", { schema, groupRows: 5 });
          for (const batch of batches) await writer.write(batch);
          await writer.close();
          const columns = schema.fields.map(({ name }) => name).filter((_, place) => place % 2 === 0)
            .toReversed();
          const rows = { from, to: from + more };
          const found = await scanned(await open(store, "t"), { columns, rows, batchRows });
          const all = concatBatches(schema, batches);
          const cut = sliceRows(all, Math.min(from, all.rows), Math.min(from + more, all.rows));
          const picked = cut.columns.filter((_, place) => place % 2 === 0).toReversed();
          assertEquals(rowsOf(found), rowsOf([{ ...cut, columns: picked }]));
          assert(found.every((batch) => batch.rows <= batchRows));
        },
      ),
      { numRuns: 60 },
    );
  });

  Deno.test(`Arrow ${form}: a column that is not there, or rows that are none, are the caller's fault`, async () => {
    await using store = new MemoryStore();
    const schema: Schema = { fields: [{ name: "a", type: { kind: "int8" }, nullable: false }] };
    const writer = await create(store, "t", { schema });
    await writer.write(batchOf(schema, [{ a: 1 }]));
    await writer.close();
    const reader = await open(store, "t");
    await assertRejects(() => scanned(reader, { columns: ["b"] }), TypeError, 'no column is called "b"');
    await assertRejects(() => scanned(reader, { rows: { from: 2, to: 1 } }), RangeError);
    await assertRejects(() => scanned(reader, { batchRows: 0 }), RangeError);
    const aborted = AbortSignal.abort(new Error("stop"));
    await assertRejects(() => scanned(reader, { signal: aborted }), Error, "stop");
  });

  Deno.test(`Arrow ${form}: metadata of the table and of columns are kept`, async () => {
    await using store = new MemoryStore();
    const schema: Schema = {
      fields: [{ name: "a", type: { kind: "int8" }, nullable: false }],
      metadata: { made: "here", __proto__x: "é" },
    };
    const fieldMetadata = { a: { shape: "[2,3]", dtype: "int8" } };
    await (await create(store, "t", { schema, fieldMetadata })).close();
    const reader = await open(store, "t");
    assertEquals(reader.schema, schema);
    assertEquals(reader.fieldMetadata, fieldMetadata);
    assertEquals(await scanned(reader), []);
  });

  Deno.test(`Arrow ${form}: what is not of the schema is refused, and an abort leaves nothing`, async () => {
    await using store = new MemoryStore();
    const schema: Schema = { fields: [{ name: "a", type: { kind: "int8" }, nullable: false }] };
    const other: Schema = { fields: [{ name: "a", type: { kind: "int16" }, nullable: false }] };
    await using writer = await create(store, "t", { schema });
    await assertRejects(() => writer.write(batchOf(other, [{ a: 1 }])), TypeError, "int16");
    await assertRejects(() => writer.write(batchOf(other, [])), TypeError, "int16");
    await writer.abort();
    assertEquals(await Array.fromAsync(store.list()), []);
    for (const wrong of [{ compression: "lz4" }, { fieldMetadata: { b: {} } }]) {
      await assertRejects(() => create(store, "t", { schema, ...wrong as object }), TypeError);
    }
    for (const wrong of [{ level: 23 }, { alignment: 16 }, { groupRows: 0 }]) {
      await assertRejects(() => create(store, "t", { schema, ...wrong as object }), RangeError);
    }
  });
}

Deno.test("ArrowFileReader tells how its batches are compressed", async () => {
  await using store = new MemoryStore();
  const schema: Schema = { fields: [{ name: "a", type: { kind: "int64" }, nullable: false }] };
  const rows = Array.from({ length: 1000 }, () => ({ a: 7n }));
  for (const compression of ["zstd", "none"] as const) {
    const writer = await createArrowFileWriter(store, "a.arrow", { schema, compression });
    await writer.write(batchOf(schema, rows));
    await writer.close();
    const { format, target } = await openFormat(store, "a.arrow");
    const told = await format.describe(target);
    assertEquals(told.compression, compression === "zstd" ? "zstd" : undefined);
    assertEquals(told.checksums.length, compression === "zstd" ? 1 : 0);
  }
});
