import { assert, assertEquals } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { injectFaults } from "@lade/testing";
import { batchOf, columnOf, type Schema, type TableBatch } from "../table/mod.ts";
import { type SparsePiece, SparseStore } from "../testing/sparse_store.ts";
import { ArrowEncoder } from "./arrow_encoder.ts";
import { BatchTemplate } from "./batch_template.ts";
import { createArrowFileWriter, createArrowStreamWriter, openArrowFile, openArrowStream } from "./mod.ts";
import type { Block } from "./read_footer.ts";
import { writeFooter } from "./write_footer.ts";

const ROWS = 1_000_000;
const WIDE = 2_500;
const BIG: Schema = {
  fields: [
    { name: "big", type: { kind: "list", size: WIDE, item: item() }, nullable: false },
    { name: "small", type: { kind: "int32" }, nullable: false },
  ],
};

function item() {
  return { name: "item", type: { kind: "uint8" as const }, nullable: false };
}

/** A file of four batches of 2.5 GB each, whose values are whatever the store makes. */
function sparseFile(): SparseStore {
  const encoder = new ArrowEncoder(BIG);
  const schema = encoder.schemaMessage(8);
  const pieces: SparsePiece[] = [{ offset: 8, bytes: schema }];
  const bigBytes = ROWS * WIDE;
  const bodyLength = bigBytes + ROWS * 4;
  const template = new BatchTemplate({ nodes: 3, buffers: 5, zstd: false, alignment: 64 });
  const message = template.fill({
    rows: ROWS,
    nodes: [ROWS, 0, bigBytes, 0, ROWS, 0],
    buffers: [0, 0, 0, 0, 0, bigBytes, bigBytes, 0, bigBytes, ROWS * 4],
    bodyLength,
  });
  const blocks: Block[] = [];
  let at = 8 + schema.length;
  for (let batch = 0; batch < 4; batch++) {
    pieces.push({ offset: at, bytes: message });
    blocks.push({ offset: at, metadataLength: message.length, bodyLength });
    at += message.length + bodyLength;
  }
  const footer = writeFooter(encoder.arrowSchema, blocks);
  pieces.push({ offset: at, bytes: footer });
  return new SparseStore({ big: { size: at + footer.length, pieces } });
}

Deno.test("Arrow file: the footer and a column of a batch are three ranges of an object of 10 GB", async () => {
  await using store = sparseFile();
  const reader = await openArrowFile(store, "big");
  assertEquals([reader.batches, store.ranges.length], [4, 1]);
  assertEquals(await reader.countRows(), 4 * ROWS);
  const counted = store.ranges.length;
  const asked = store.bytesAsked;
  // The metadata of one batch more, and its column.
  const rows = { from: 2 * ROWS + 10, to: 2 * ROWS + 13 };
  const [batch] = await Array.fromAsync(reader.scan({ columns: ["small"], rows }));
  assertEquals([batch?.rows, batch?.columns[0]?.values?.length], [3, 3]);
  assertEquals(store.ranges.length - counted, 2);
  assert(store.bytesAsked - asked < ROWS * 4 + 1000);
});

Deno.test("Arrow file: whole batches are one range each, and empty and small files one in all", async () => {
  await using memory = new MemoryStore();
  await using store = injectFaults(memory, []);
  const schema: Schema = { fields: [{ name: "v", type: { kind: "float64" }, nullable: false }] };
  const part = (rows: number): TableBatch => {
    const values = new Float64Array(rows).fill(0.5);
    return {
      schema,
      rows,
      columns: [columnOf({ name: "v", type: { kind: "float64" }, nullable: false }, values)],
    };
  };
  const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
  for (const [rows, due] of [[100_000, 5], [10, 1]] as const) {
    const writer = await createArrowFileWriter(store, "k", { schema });
    for (let batch = 0; batch < 4; batch++) await writer.write(part(rows));
    await writer.close();
    const before = gets();
    const reader = await openArrowFile(store, "k");
    for await (const { columns: [column] } of reader.scan()) {
      assertEquals(column?.values?.length, rows);
      // Values are where they were read to, and not copied.
      assertEquals((column?.values?.buffer.byteLength ?? 0) > rows * 8, true);
      assertEquals((column?.values?.byteOffset ?? 1) % 8, 0);
    }
    assertEquals(gets() - before, due);
  }
});

Deno.test("Arrow: leaving a scan ends what is read ahead", async () => {
  await using store = new MemoryStore();
  const schema: Schema = { fields: [{ name: "a", type: { kind: "string" }, nullable: true }] };
  for (
    const [create, open] of [[createArrowFileWriter, openArrowFile], [
      createArrowStreamWriter,
      openArrowStream,
    ]] as const
  ) {
    const writer = await create(store, "k", { schema, groupRows: 1 });
    await writer.write(
      batchOf(schema, Array.from({ length: 50 }, (_, row) => ({ a: `${row}`.repeat(9000) }))),
    );
    await writer.close();
    for await (const batch of (await open(store, "k")).scan({ columns: ["a"] })) {
      assertEquals(batch.rows, 1);
      break;
    }
    const rows = { from: 40, to: 42 };
    const found = await Array.fromAsync((await open(store, "k")).scan({ rows }));
    assertEquals(found.map((batch) => batch.columns[0]?.values?.length), [18_000, 18_000]);
  }
  assertEquals(store.context.budget.held, 0);
});
