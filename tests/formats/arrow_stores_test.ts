import { assertEquals } from "@std/assert";
import type { ObjectStore } from "@lade/core";
import {
  createArrowFileWriter,
  createArrowStreamWriter,
  openArrowFile,
  openArrowStream,
} from "@lade/formats/arrow";
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

async function writeBoth(store: ObjectStore): Promise<void> {
  for (
    const [key, create] of [["t.arrow", createArrowFileWriter], [
      "t.arrows",
      createArrowStreamWriter,
    ]] as const
  ) {
    const writer = await create(store, key, { schema: SCHEMA });
    for (let batch = 0; batch < 3; batch++) await writer.write(batchAt(batch * ROWS));
    await writer.close();
  }
}

async function checkBoth(store: ObjectStore): Promise<void> {
  for (const reader of [await openArrowFile(store, "t.arrow"), await openArrowStream(store, "t.arrows")]) {
    let batch = 0;
    for await (const { columns } of reader.scan({ columns: ["c", "a"] })) {
      const due = batchAt(batch++ * ROWS).columns;
      assertEquals(columns.map(({ values }) => values), [due[2]?.values, due[0]?.values]);
    }
    assertEquals(batch, 3);
  }
}

Deno.test("Arrow on s3://: the footer is a request, and so are a batch's metadata and its columns", async () => {
  await using opened = await openFake({ context: { random: () => 0 } });
  const { fake, store } = opened;
  await writeBoth(store);
  await checkBoth(store);
  fake.requests.length = 0;
  const reader = await openArrowFile(store, "t.arrow");
  let batches = 0;
  for await (const { rows } of reader.scan({ columns: ["b"] })) batches += rows / ROWS;
  assertEquals(batches, 3);
  // The last batch's metadata are no part of the first request, and neither is its column.
  assertEquals(fake.requests.map(({ operation }) => operation), new Array(1 + 2 * 3).fill("GetObject"));
  assertEquals(store.context.budget.held, 0);
});

Deno.test("Arrow on file://: files and streams are read as they were written", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root);
    await writeBoth(store);
    await checkBoth(store);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
