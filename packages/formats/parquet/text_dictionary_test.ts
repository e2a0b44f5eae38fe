import { assert, assertEquals } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { BytesSource } from "../source/bytes_source.ts";
import { batchOf } from "../table/batch_builder.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { valueAt } from "../table/value_at.ts";
import { openParquet } from "./parquet_reader.ts";
import { createParquetWriter } from "./parquet_writer.ts";
import { verifyParquet } from "./verify_parquet.ts";

const SCHEMA = parseSchema("text: string?");

/** Writes texts in batches of 500, reads them back, and gives the bytes of the file. */
async function roundTrip(texts: readonly (string | null)[], groupRows = 2 ** 20): Promise<number> {
  await using store = new MemoryStore();
  await using writer = await createParquetWriter(store, "t", {
    schema: SCHEMA,
    compression: "none",
    groupRows,
  });
  for (let at = 0; at < texts.length; at += 500) {
    await writer.write(batchOf(SCHEMA, texts.slice(at, at + 500).map((text) => ({ text }))));
  }
  await writer.close();
  const { bytes } = await getBytes(store, "t");
  assertEquals((await verifyParquet(new BytesSource(bytes, "memory://t"))).faults, []);
  await using table = await openParquet(store, "t");
  const got: unknown[] = [];
  for await (const { columns: [column], rows } of table.scan()) {
    for (let row = 0; column && row < rows; row++) got.push(valueAt(column, row));
  }
  assertEquals(got, [...texts]);
  return bytes.length;
}

const some = (count: number, make: (index: number) => string | null) =>
  Array.from({ length: count }, (_, i) => make(i));
const WIDE = "a text of forty letters, and a number: ";

Deno.test("parquet: texts that come again are written once, in each row group", async () => {
  const texts = some(6000, (index) => index % 11 === 5 ? null : `${WIDE}${index * 7 % 300}`);
  // 300 texts, and 9 bits for each place.
  assert(await roundTrip(texts) < 300 * 60 + 6000 * 9 / 8 + 3000);
  assert(await roundTrip(texts, 2000) < 3 * 300 * 60 + 6000 * 9 / 8 + 4000);
});

Deno.test("parquet: a dictionary of one text, of none, and of an empty one", async () => {
  assert(await roundTrip(some(6000, () => WIDE)) < 1000);
  assert(await roundTrip(some(6000, () => null)) < 1000);
  assert(await roundTrip(some(6000, (index) => index % 2 ? "" : null)) < 2000);
});

Deno.test("parquet: texts that differ are stored as they are, those before it was seen too", async () => {
  const texts = some(6000, (index) => `${WIDE}${index < 700 ? index % 10 : index}`);
  const size = texts.reduce((sum, text) => sum + (text?.length ?? 0) + 4, 0);
  const written = await roundTrip(texts);
  assert(written > size && written < size + 2000, `${written} of ${size}`);
});

Deno.test("parquet: a dictionary that grows too large is of the pages before it did alone", async () => {
  // Pages of 2^18 places end while 100 texts come again; then come those of a MiB in all.
  const texts = some(
    300_000,
    (index) => index < 280_000 ? `t${index % 100}` : `${WIDE.repeat(3)}${index % 10_000}`,
  );
  await roundTrip(texts);
});

Deno.test("parquet: rows of a dictionary take the memory of these rows, and are those of the whole", async () => {
  await using store = new MemoryStore();
  const texts = some(3000, (index) => index % 7 === 3 ? null : `${index % 5}`.repeat(1000));
  await using writer = await createParquetWriter(store, "t", { schema: SCHEMA });
  await writer.write(batchOf(SCHEMA, texts.map((text) => ({ text }))));
  await writer.close();
  await using table = await openParquet(store, "t");
  for (const [from, to] of [[0, 3], [0, 1], [5, 9], [2990, 3000], [2999, 3000]] as const) {
    const [batch, ...more] = await Array.fromAsync(table.scan({ rows: { from, to } }));
    const [column] = batch?.columns ?? [];
    assert(column && more.length === 0);
    assertEquals(some(to - from, (row) => valueAt(column, row) as string | null), texts.slice(from, to));
    assert((column.values?.buffer.byteLength ?? Infinity) <= to * 1000, `${from} to ${to}`);
  }
});
