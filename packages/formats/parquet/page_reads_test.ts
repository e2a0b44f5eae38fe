import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { concatBatches } from "../table/concat_batches.ts";
import type { TableBatch } from "../table/column.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { sliceRows } from "../table/slice_rows.ts";
import { SparseStore } from "../testing/sparse_store.ts";
import { compressorOf } from "./compress.ts";
import { LeafEncoder } from "./leaf_encoder.ts";
import { openParquet } from "./parquet_reader.ts";
import { createParquetWriter } from "./parquet_writer.ts";
import { columnsOf, leavesOf } from "./schema_tree.ts";
import { shredColumn } from "./shred.ts";
import { elementsOf } from "./stored_schema.ts";
import { writeFooter, writePageIndex, type WrittenChunk } from "./write_footer.ts";

const ROWS = 400_000;
const SCHEMA = parseSchema("id: int64, half: float32?, tags: list<int16>");

/** Rows that differ, whose pages begin with other rows in each column. */
function manyRows(): TableBatch {
  const [id, half, tags] = SCHEMA.fields;
  assert(id && half && tags?.type.kind === "list");
  const offsets = Int32Array.from({ length: ROWS + 1 }, (_, row) => Math.floor(row * 5 / 2));
  const items = offsets[ROWS] ?? 0;
  const validity = new Uint8Array(ROWS / 8).fill(0b10110111);
  return {
    schema: SCHEMA,
    rows: ROWS,
    columns: [
      { field: id, length: ROWS, values: BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row * 3)) },
      {
        field: half,
        length: ROWS,
        validity,
        values: Float32Array.from({ length: ROWS }, (_, row) => row / 2),
      },
      {
        field: tags,
        length: ROWS,
        offsets,
        children: [{
          field: tags.type.item,
          length: items,
          values: Int16Array.from({ length: items }, (_, item) => item),
        }],
      },
    ],
  };
}

let made: Promise<{ rows: TableBatch; bytes: Uint8Array }> | undefined;

/** The file, made once: each column has several pages in its one row group. */
async function written(): Promise<{ rows: TableBatch; bytes: Uint8Array }> {
  return await (made ??= write());
}

async function write(): Promise<{ rows: TableBatch; bytes: Uint8Array }> {
  const rows = manyRows();
  await using store = new MemoryStore();
  await using writer = await createParquetWriter(store, "t", { schema: SCHEMA, compression: "none" });
  await writer.write(rows);
  await writer.close();
  return { rows, bytes: (await getBytes(store, "t")).bytes };
}

/** Batches alike, whatever lies in places without a value. */
function assertSameRows(got: readonly TableBatch[], rows: TableBatch, from: number, to: number): void {
  const [due] = [concatBatches(SCHEMA, [sliceRows(rows, from, to), sliceRows(rows, 0, 0)])];
  const all = concatBatches(
    SCHEMA,
    [...got, sliceRows(rows, 0, 0)].map((batch) => ({ ...batch, schema: SCHEMA })),
  );
  assertEquals(all.rows, to - from);
  const [id, half, tags] = all.columns;
  const [dueId, dueHalf, dueTags] = due?.columns ?? [];
  assertEquals(id?.values, dueId?.values);
  assertEquals(half?.validity, dueHalf?.validity);
  const present = (values: TableBatch["columns"][number]["values"]) =>
    Array.from((values ?? []) as Iterable<number>).filter((_, row) =>
      (half?.validity?.[row >> 3] ?? 0xff) >> (row & 7) & 1
    );
  assertEquals(present(half?.values), present(dueHalf?.values));
  assertEquals([tags?.offsets, tags?.children?.[0]?.values], [
    dueTags?.offsets,
    dueTags?.children?.[0]?.values,
  ]);
}

Deno.test("parquet: of a row group only the pages are read that have the rows", async () => {
  const { rows, bytes } = await written();
  const rowRange = fc.tuple(fc.nat(ROWS - 1), fc.integer({ min: 1, max: 5000 })).map((
    [from, count],
  ) => [from, Math.min(from + count, ROWS)]);
  await fc.assert(
    fc.asyncProperty(rowRange, async ([from = 0, to = 0]) => {
      await using store = new SparseStore({ t: { size: bytes.length, pieces: [{ offset: 0, bytes }] } });
      await using table = await openParquet(store, "t");
      assertSameRows(await Array.fromAsync(table.scan({ rows: { from, to } })), rows, from, to);
      // At most two pages of a MiB of each column, of 8 MB in all; the index came with the footer.
      assert(store.bytesAsked < 6.5 * 2 ** 20, `${store.bytesAsked}`);
      assert(store.ranges.length <= 4, `${store.ranges.length}`);
    }),
    { numRuns: 10 },
  );
});

Deno.test("parquet: rows that begin a page are read with that page alone", async () => {
  const { rows, bytes } = await written();
  await using store = new SparseStore({ t: { size: bytes.length, pieces: [{ offset: 0, bytes }] } });
  await using table = await openParquet(store, "t");
  // A page has a MiB of numbers of 8 bytes.
  const from = 2 ** 17;
  const [batch] = await Array.fromAsync(table.scan({ columns: ["id"], rows: { from, to: from + 1 } }));
  assertEquals(batch?.columns[0]?.values, sliceRows(rows, from, from + 1).columns[0]?.values);
  assert(store.bytesAsked < 1.2 * 2 ** 20, `${store.bytesAsked}`);
});

Deno.test("parquet: a page index that does not fit its chunk is an error, or changes nothing", async () => {
  const { rows, bytes } = await written();
  await using store = new MemoryStore();
  await store.put("t", bytes);
  await using table = await openParquet(store, "t");
  const { offset = 0, length = 0 } = table.footer.groups[0]?.chunks[0]?.pageIndex ?? {};
  assert(length > 0);
  let found = 0;
  for (let at = offset; at < offset + length; at++) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1 << (at % 8);
    await store.put("t", damaged);
    await using table = await openParquet(store, "t");
    try {
      const got = await Array.fromAsync(
        table.scan({ columns: ["id"], rows: { from: 200_000, to: 200_100 } }),
      );
      assertEquals(got[0]?.columns[0]?.values, sliceRows(rows, 200_000, 200_100).columns[0]?.values);
    } catch (error) {
      assert(error instanceof FormatError, `${error}`);
      found++;
    }
  }
  assert(found > 0);
});

Deno.test("parquet: a column and a row of 12 GB are three requests, and few bytes", async () => {
  const rows = sliceRows(manyRows(), 0, 1000);
  const elements = elementsOf(SCHEMA, "memory://t");
  const columns = columnsOf(elements, (detail) => new Error(detail));
  const compressor = compressorOf("zstd");
  const chunks: WrittenChunk[] = [];
  const pieces: { offset: number; bytes: Uint8Array }[] = [];
  let at = 9e9;
  columns.forEach((node, place) => {
    const [leaf] = leavesOf(node);
    const column = rows.columns[place];
    assert(leaf && column);
    const encoder = new LeafEncoder(leaf, compressor);
    for (const shredded of shredColumn(node, column)) encoder.add(shredded, rows.rows);
    const { pages, ...chunk } = encoder.finish();
    const offset = at;
    const places = pages.map(({ header, body, firstRow }) => {
      pieces.push({ offset: at, bytes: header }, { offset: at + header.length, bytes: body });
      const size = header.length + body.length;
      at += size;
      return { offset: at - size, size, firstRow };
    });
    chunks.push({ ...chunk, offset, dataOffset: offset, pages: places });
    at += 1e9;
  });
  const end = at;
  const indexes = chunks.map((chunk) => {
    const bytes = writePageIndex(chunk);
    pieces.push({ offset: at, bytes });
    at += bytes.length;
    return { offset: at - bytes.length, length: bytes.length };
  });
  const footer = writeFooter({
    elements,
    groups: [{ rows: rows.rows, chunks }],
    codec: compressor.number,
    metadata: {},
    indexOf: (chunk) => indexes[chunks.indexOf(chunk)] ?? { offset: 0, length: 0 },
  });
  pieces.push({ offset: at, bytes: footer });
  const tail = new Uint8Array(8);
  new DataView(tail.buffer).setUint32(0, footer.length, true);
  tail.set(new TextEncoder().encode("PAR1"), 4);
  pieces.push({ offset: at + footer.length, bytes: tail });
  await using store = new SparseStore({ t: { size: at + footer.length + 8, pieces } });
  await using table = await openParquet(store, "t");
  assertEquals(store.ranges.length, 1);
  assert(end > 12e9 - 1e6);
  const [batch] = await Array.fromAsync(table.scan({ columns: ["tags"], rows: { from: 17, to: 18 } }));
  assertEquals(batch?.columns[0]?.children?.[0]?.values, Int16Array.of(42, 43, 44));
  assertEquals(store.ranges.length, 2);
  assert(store.bytesAsked < 80_000, `${store.bytesAsked}`);
  assertSameRows(await Array.fromAsync(table.scan()), rows, 0, 1000);
  assertEquals(store.ranges.length, 5);
});

Deno.test("parquet: a footer that claims what the object has not is refused before memory is taken", async () => {
  const refused = async (footer: readonly number[], detail: string) => {
    const length = Uint8Array.of(footer.length & 255, footer.length >> 8, 0, 0);
    const magic = new TextEncoder().encode("PAR1");
    await using store = new MemoryStore();
    await store.put("t", Uint8Array.from([...magic, ...footer, ...length, ...magic]));
    await assertRejects(() => openParquet(store, "t"), FormatError, detail);
  };
  await refused(
    [0x29, 0xfc, 0x80, 0x80, 0x80, 0x80, 0x01, 0],
    "a list has 268435456 elements, and 1 bytes are left",
  );
  await refused(Array(1000).fill(0x1c), "structs lie in one another more than 24 deep");
  await refused(Array(1000).fill(0x19), "lists lie in one another without end");
  await refused([0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 0], "a text takes 2147483647 bytes, and 1 are left");
  await refused([0x15, ...Array(11).fill(0xff), 0], "a number has more than ten bytes");
  await refused([0x1b, 0x00], "a field is of the kind 11, which Parquet has none of");
  await refused([0], "the footer cannot be read");
  await refused([0, 0], "1 bytes of the footer are left over");
});
