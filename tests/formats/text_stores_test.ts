import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, type ObjectStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { createCsvWriter, openCsv } from "@lade/formats/csv";
import { createJsonlWriter, openJsonl } from "@lade/formats/jsonl";
import { BatchBuilder, formatSchema, parseSchema, type TableReader, valueAt } from "@lade/formats/table";
import { openFileStore } from "@lade/fs";
import { injectFaults } from "@lade/testing";
import { openFake } from "../s3/open_fake.ts";

const ROWS = 40_000;
const SCHEMA = parseSchema("id: int64?, x: float64?, name: string?");
const FORMATS = {
  csv: { create: createCsvWriter, open: openCsv },
  jsonl: { create: createJsonlWriter, open: openJsonl },
} as const;

async function write(store: ObjectStore, format: keyof typeof FORMATS, key: string): Promise<void> {
  await using writer = await FORMATS[format].create(store, key, { schema: SCHEMA });
  const builder = new BatchBuilder(SCHEMA);
  for (let row = 0; row < ROWS; row++) {
    builder.append([row, row / 4, row % 3 === 0 ? null : `name, ${row}`]);
    if (builder.rows === 9999) await writer.write(builder.finish());
  }
  await writer.write(builder.finish());
  await writer.close();
}

async function check(reader: TableReader): Promise<void> {
  assertEquals(formatSchema(reader.schema), formatSchema(SCHEMA));
  let row = 0;
  for await (const { rows, columns: [id, x, name] } of reader.scan()) {
    for (let at = 0; at < rows; at += 997) {
      const values = [id, x, name].map((column) => column && valueAt(column, at));
      const told = row + at;
      assertEquals(values, [BigInt(told), told / 4, told % 3 === 0 ? null : `name, ${told}`]);
    }
    row += rows;
  }
  assertEquals(row, ROWS);
  // Who leaves early leaves nothing open.
  for await (const _ of reader.scan()) break;
  let last = 0;
  for await (const { rows } of reader.scan({ columns: ["id"], rows: { from: ROWS - 2 } })) last += rows;
  assertEquals(last, 2);
}

for (const format of ["csv", "jsonl"] as const) {
  for (const suffix of ["", ".gz", ".zst"]) {
    const key = `d/a.${format}${suffix}`;

    Deno.test(`${format}${suffix} over file://: written, inferred, read and left early`, async () => {
      const directory = await Deno.makeTempDir();
      try {
        await using store = await openFileStore(directory);
        await write(store, format, key);
        await check(await FORMATS[format].open(store, key));
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    });

    Deno.test(`${format}${suffix} over s3://: written, inferred, read and left early`, async () => {
      await using opened = await openFake({ context: { random: () => 0 } });
      await write(opened.store, format, key);
      await check(await FORMATS[format].open(opened.store, key));
    });
  }

  Deno.test(`${format}: what is inferred costs two requests of a prefix, however large the object is`, async () => {
    await using store = injectFaults(new MemoryStore(), []);
    await write(store, format, "k");
    const before = store.calls.length;
    await FORMATS[format].open(store, "k");
    const gets = store.calls.slice(before);
    assertEquals(gets.map(({ operation }) => operation), ["get", "get"]);
    const ranges = gets.map(({ options }) =>
      (options as { range?: { offset: number; length: number } }).range
    );
    assertEquals(ranges, [{ offset: 0, length: 2 ** 16 }, { offset: 2 ** 16, length: 3 * 2 ** 16 }]);
  });

  Deno.test(`${format}: an object that is replaced after it was opened is an error`, async () => {
    await using store = new MemoryStore();
    await write(store, format, "k");
    const reader = await FORMATS[format].open(store, "k");
    await store.put("k", new Uint8Array(10));
    await assertRejects(async () => {
      for await (const _ of reader.scan());
    }, PreconditionFailedError);
  });
}
