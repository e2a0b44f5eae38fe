import { assertEquals } from "@std/assert";
import type { ObjectStore } from "@lade/core";
import { createParquetWriter, openParquet } from "@lade/formats/parquet";
import { columnOf, type Schema, type TableBatch } from "@lade/formats/table";
import { openFileStore } from "@lade/fs";
import { openFake } from "../s3/open_fake.ts";

const ROWS = 40_000;
const SCHEMA: Schema = {
  fields: ["a", "b", "c"].map((name) => ({ name, type: { kind: "float64" }, nullable: false })),
};

function batchAt(first: number): TableBatch {
  const columns = SCHEMA.fields.map((field, place) =>
    columnOf(field, Float64Array.from({ length: ROWS }, (_, row) => first + row + place / 4))
  );
  return { schema: SCHEMA, rows: ROWS, columns };
}

async function write(store: ObjectStore): Promise<void> {
  await using writer = await createParquetWriter(store, "t.parquet", { schema: SCHEMA, groupRows: ROWS });
  for (let batch = 0; batch < 3; batch++) await writer.write(batchAt(batch * ROWS));
  await writer.close();
}

async function check(store: ObjectStore): Promise<void> {
  await using table = await openParquet(store, "t.parquet");
  let batch = 0;
  for await (const { columns } of table.scan({ columns: ["c", "a"] })) {
    const due = batchAt(batch++ * ROWS).columns;
    assertEquals(columns.map(({ values }) => values), [due[2]?.values, due[0]?.values]);
  }
  assertEquals(batch, 3);
}

Deno.test("Parquet on s3://: the footer is a request, and so is a column of each row group", async () => {
  await using opened = await openFake({ context: { random: () => 0 } });
  const { fake, store } = opened;
  await write(store);
  await check(store);
  fake.requests.length = 0;
  await using table = await openParquet(store, "t.parquet", { window: 4096 });
  let rows = 0;
  for await (const batch of table.scan({ columns: ["b"] })) rows += batch.rows;
  assertEquals(rows, 3 * ROWS);
  assertEquals(fake.requests.map(({ operation }) => operation), new Array(1 + 3).fill("GetObject"));
  assertEquals(store.context.budget.held, 0);
});

Deno.test("Parquet on file://: what was written is read", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root);
    await write(store);
    await check(store);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
