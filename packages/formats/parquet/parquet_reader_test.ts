import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { BytesSource } from "../source/bytes_source.ts";
import type { TableBatch } from "../table/column.ts";
import { type RowValue, valueAt } from "../table/value_at.ts";
import { format } from "./format.ts";
import { openParquet } from "./parquet_reader.ts";
import { verifyParquet } from "./verify_parquet.ts";

/**
 * Three rows as pyarrow 26 writes them with snappy and page checksums: `a` int32 that is required, `b` text by a dictionary,
 * `c` lists of float32.
 */
const GOLDEN = Uint8Array.fromBase64(
  "UEFSMRUAFRgVHBWw+P+bAxwVBhUAFQYVBhwAAAAMLAEAAAACAAAAAwAAABUEFTYVHhW4rsv3CzwVBBUAEgAAGyQBAAAAeBIAAAB6QgEAFQAVEhUWFfWnjKAHHBUGFRAVBhUGHAAAAAkgAgAAAAMFAQMCFQAVIhUmFaDs/4YDHBUGFQAVBhUGHAAAABFAAgAAAAYAAwAAAAMHAAAAwD8VBBlsNQAYBnNjaGVtYRUGABUCJQAYAWEAFQwlAhgBYiUATBwAAAA1AhgBYxUCFQZMPAAAADUEGARsaXN0FQIAFQglAhgHZWxlbWVudAAWBhkcGTwmABwVAhklBgAZGAFhFQIWBhZKFk4mCEkcFQAVABUCAAAAJgAcFQwZNQAGEBkYAWIVAhYGFqIBFo4BJpwBJlYpLBUEFQAVAgAVABUQFQIAPBYmGQYZJgIEAAAAJgAcFQgZJQYAGTgBYwRsaXN0B2VsZW1lbnQVAhYGFlQWWCbkAUkcFQAVABUCADwpJgYAGUYCAgACAAAAFsACFgYmCBa0AgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGTwcAAAcAAAcAAAAJAEAAFBBUjE=",
);
const FOOTER = 158;
const ROWS = [
  [1, "x", [1.5]],
  [2, null, []],
  [3, "zzzzzzzzzzzzzzzzzz", null],
];

async function golden(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.put("t.parquet", GOLDEN);
  return store;
}

async function rowsOf(batches: AsyncIterable<TableBatch>): Promise<RowValue[][]> {
  const rows: RowValue[][] = [];
  for await (const { rows: count, columns } of batches) {
    for (let row = 0; row < count; row++) rows.push(columns.map((column) => valueAt(column, row)));
  }
  return rows;
}

Deno.test("openParquet() reads what pyarrow wrote, in one request and one for what is not at hand", async () => {
  await using below = await golden();
  const store = injectFaults(below, []);
  const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
  await using table = await openParquet(store, "t.parquet", { window: 400 });
  assertEquals([table.rows, gets()], [3, 1]);
  assertEquals(table.schema.fields, [
    { name: "a", type: { kind: "int32" }, nullable: false },
    { name: "b", type: { kind: "string" }, nullable: true },
    {
      name: "c",
      type: { kind: "list", item: { name: "item", type: { kind: "float32" }, nullable: true } },
      nullable: true,
    },
  ]);
  assertEquals(await rowsOf(table.scan()), ROWS);
  assertEquals(gets(), 2);
  assertEquals(await rowsOf(table.scan({ columns: ["c", "a"], rows: { from: 1, to: 9 } })), [[[], 2], [
    null,
    3,
  ]]);
  assertEquals(await rowsOf(table.scan({ rows: { from: 3 } })), []);
  assertEquals((await Array.fromAsync(table.scan({ batchRows: 2 }))).map(({ rows }) => rows), [2, 1]);
});

Deno.test("ParquetReader.scan() refuses columns and rows that are none", async () => {
  await using store = await golden();
  await using table = await openParquet(store, "t.parquet");
  const scan = (options: Parameters<typeof table.scan>[0]) => Array.fromAsync(table.scan(options));
  await assertRejects(
    () => scan({ columns: ["a", "d"] }),
    TypeError,
    'no column is called "d"; there are: a, b, c',
  );
  await assertRejects(() => scan({ rows: { from: 2, to: 1 } }), RangeError);
  await assertRejects(() => scan({ batchRows: 0 }), RangeError);
});

Deno.test("parquet: a file that is damaged is an error, or has the same values", async () => {
  await assertDamageIsFound(GOLDEN, {
    key: "t.parquet",
    read: async (store, key) => {
      await using table = await openParquet(store, key);
      assertEquals(table.schema.fields.length, 3);
      const rows = await rowsOf(table.scan());
      const { faults } = await verifyParquet(new BytesSource(await store.get(key).then(bytesOf), key));
      const [fault] = faults;
      if (fault) throw fault;
      // Bits of headers that say nothing of the values, such as an unused level's encoding.
      if (JSON.stringify(rows) === JSON.stringify(ROWS)) {
        throw new FormatError({ operation: "-", uri: key, detail: "" });
      }
    },
    // Nothing in the format checks the footer: other names, types and texts of it are as good as those that were written.
    isUndetectable: ({ what }) => Number(/^byte (\d+)/.exec(what)?.[1] ?? 0) >= FOOTER,
  });
});

async function bytesOf({ body }: { body: ReadableStream<Uint8Array<ArrayBuffer>> }): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

Deno.test("parquet: what format says of the file", async () => {
  await using store = await golden();
  const target = {
    store,
    key: "t.parquet",
    open: () => Promise.resolve(new BytesSource(GOLDEN, "memory://t")),
  };
  const description = await format.describe(target);
  assertEquals(
    { ...description, schema: undefined },
    {
      format: "parquet",
      version: "2",
      size: GOLDEN.length,
      schema: undefined,
      rows: 3,
      chunks: 1,
      compression: "snappy",
      checksums: ["CRC-32 of each page"],
      metadata: { created_by: "parquet-cpp-arrow version 26.0.1" },
    },
  );
  const { checked, unchecked, faults, bytes } = await format.verify(target);
  assertEquals([checked, faults, bytes], [{ "CRC-32 of a page": 4 }, [], GOLDEN.length]);
  assert(unchecked !== undefined && unchecked > GOLDEN.length - FOOTER);
});

Deno.test("parquet: a damaged page is named by column, row group and place", async () => {
  const bytes = GOLDEN.slice();
  bytes[30] = 9;
  const told: Error[] = [];
  const { faults, checked } = await verifyParquet(new BytesSource(bytes, "memory://t"), {
    onFault: (fault) => told.push(fault),
  });
  assertEquals(faults, told);
  assertEquals(faults.map(({ message }) => message), [
    'Cannot read parquet "memory://t": the CRC-32 of a data page does not fit it (column "a", row group 0, at byte 29)',
  ]);
  assertEquals(checked, { "CRC-32 of a page": 3 });
  bytes.set(GOLDEN);
  bytes[0] = 0;
  const other = await verifyParquet(new BytesSource(bytes, "memory://t"));
  assertEquals(other.faults.map(({ message }) => message), [
    'Cannot read parquet "memory://t": it does not begin with "PAR1"',
  ]);
});

Deno.test("parquet: what is no Parquet file, or an encrypted one, is told", async () => {
  const open = async (change: (bytes: Uint8Array) => Uint8Array | void) => {
    const bytes = GOLDEN.slice();
    await using store = new MemoryStore();
    await store.put("t", change(bytes) ?? bytes);
    return await openParquet(store, "t");
  };
  const text = (text: string) => new TextEncoder().encode(text);
  await assertRejects(
    () => open(() => text("PAR1")),
    FormatError,
    "it has 4 bytes, and a Parquet file 12 at least",
  );
  await assertRejects(
    () => open(() => text("a text, no Parquet file")),
    FormatError,
    'it does not end with "PAR1"',
  );
  await assertRejects(
    () => open((bytes) => bytes.set(text("PARE"), 454)),
    UnsupportedError,
    "its footer is encrypted",
  );
  // The number of rows, and of the row groups after it.
  const rows = GOLDEN.findIndex((byte, at) =>
    byte === 0x16 && GOLDEN[at + 1] === 6 && GOLDEN[at + 2] === 0x19
  );
  await assertRejects(
    () => open((bytes) => bytes.fill(8, rows + 1, rows + 2)),
    FormatError,
    "the footer tells 4 rows, and its row groups have 3",
  );
  await assertRejects(
    () => open((bytes) => bytes.fill(255, 450, 454)),
    FormatError,
    "the footer takes 4294967295 bytes, and the object has 458",
  );
});

Deno.test("verifyParquet() says of pages without a checksum that none was compared", async () => {
  // pyarrow 26: a: int8 [1, 2].
  const bytes = Uint8Array.fromBase64(
    "UEFSMRUAFRwVHCwVBBUAFQYVBhwAAAACAAAABAEBAAAAAgAAABUEGSw1ABgGc2NoZW1hFQIAFQIlAhgBYSUeTKwTCBEAAAAWBBkcGRwm" +
      "ABwVAhklBgAZGAFhFQAWBBZCFkImCEkcFQAVABUCADwpBhkmAAQAAAAWQhYEJggWQgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24g" +
      "MjYuMC4xGRwcAAAAgwAAAFBBUjE=",
  );
  const { checked, unchecked, faults } = await verifyParquet(new BytesSource(bytes, "memory://t"));
  assertEquals([checked, unchecked, faults], [{ "CRC-32 of a page": 0 }, bytes.length, []]);
});
