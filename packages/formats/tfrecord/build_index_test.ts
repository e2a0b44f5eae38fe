import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { fromHex, putRecords } from "../testing/gather_records.ts";
import { SparseStore } from "../testing/sparse_store.ts";
import { buildIndex } from "./build_index.ts";
import { writeHead } from "./record_frame.ts";
import { createRecordWriter } from "./record_writer.ts";

/** Frames of which nothing but the heads is there. */
function sparse(lengths: Iterable<number>) {
  const pieces: { offset: number; bytes: Uint8Array }[] = [];
  const bounds = [0];
  let offset = 0;
  for (const length of lengths) {
    const bytes = new Uint8Array(12);
    writeHead(bytes, 0, length);
    pieces.push({ offset, bytes });
    bounds.push(offset += length + 16);
  }
  return { object: { size: offset, pieces, byteAt: () => 0 }, bounds };
}

Deno.test("buildIndex: 10 GB of records of 1 MiB cost their heads, and few requests where all are of one length", async () => {
  const { object, bounds } = sparse(Array.from({ length: 10_000 }, () => 2 ** 20));
  await using store = new SparseStore({ k: object });
  const index = await buildIndex(store, "k");
  assertEquals([...index.bounds], bounds);
  assert(store.bytesAsked <= 0.0001 * object.size, `${store.bytesAsked} bytes were asked for`);
  assertEquals(store.ranges.filter(({ length }) => length > 12).length, 1);
});

Deno.test("buildIndex: records of changing lengths, large and small, at every place of a stretch", async () => {
  const lengths = fc.array(
    fc.oneof(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 300 }),
      fc.tuple(fc.integer({ min: 50_000, max: 3_000_000 }), fc.integer({ min: 1, max: 60 })).map((
        [length, count],
      ) => new Array<number>(count).fill(length)),
      fc.array(fc.integer({ min: 1000, max: 300_000 }), { maxLength: 20 }),
    ),
    { maxLength: 6 },
  ).map((runs) => runs.flat());
  await fc.assert(
    fc.asyncProperty(lengths, async (lengths) => {
      const { object, bounds } = sparse(lengths);
      await using store = new SparseStore({ k: object });
      assertEquals([...(await buildIndex(store, "k")).bounds], bounds);
    }),
    { numRuns: 25 },
  );
});

Deno.test("buildIndex: small records behind the first stretch are read as a stream, whole heads or not", async () => {
  const records = Array.from({ length: 3000 }, (_, index) => new Uint8Array(7000 + index % 13));
  await using store = new MemoryStore();
  await using writer = await createRecordWriter(store, "k");
  await writer.writeAll(records);
  const { index } = await writer.close();
  assertEquals((await buildIndex(store, "k")).bounds, index?.bounds);
});

Deno.test("buildIndex: what is cut, damaged or compressed is a FormatError", async () => {
  await using store = new MemoryStore();
  const whole = fromHex("0000000000000000 29039807 d8ea82a2 0000000000000000 29039807 d8ea82a2");
  const cases: [Uint8Array, string][] = [
    [whole.slice(0, 20), "record 1 at byte 16: it is cut after 4 of the 12 bytes of its head"],
    [whole.slice(0, 30), "record 1 at byte 16: it has 0 bytes, and 0 are left"],
    [whole.with(24, 0), "record 1 at byte 16: the CRC-32C of its length does not fit"],
    [new Uint8Array(gzipSync(whole)), "it is compressed by gzip"],
  ];
  for (const [bytes, message] of cases) {
    await store.put("k", bytes);
    await assertRejects(() => buildIndex(store, "k"), FormatError, message);
  }
  await store.put("k", new Uint8Array(0));
  assertEquals((await buildIndex(store, "k")).length, 0);
  // Damage of a record is none of its index.
  await putRecords(store, "k", [new Uint8Array(30)]);
  assertEquals((await buildIndex(store, "k")).length, 1);
});
