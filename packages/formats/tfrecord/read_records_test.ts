import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deflateSync, gzipSync } from "node:zlib";
import { getBytes, MemoryStore } from "@lade/core";
import { crc32c } from "@lade/codec/checksum";
import { FormatError } from "../errors/format_error.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { fromHex, gatherRecords, putRecords } from "../testing/gather_records.ts";
import { readRecords } from "./read_records.ts";
import { detectCompression } from "./record_compression.ts";
import { RecordCutter } from "./record_cutter.ts";
import { maskCrc32c, writeFoot, writeHead } from "./record_frame.ts";

/** The empty record and `123456789`, each with the checksums of TensorFlow's masked CRC-32C. */
const EMPTY = "0000000000000000 29039807 d8ea82a2";
const WHOLE = fromHex(`${EMPTY} 0900000000000000 37f97139 313233343536373839 e5b08ac7`);
const RECORDS = [new Uint8Array(0), new TextEncoder().encode("123456789")];

async function storeOf(bytes: Uint8Array): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.put("k", bytes);
  return store;
}

Deno.test("readRecords: the pinned records, and none of an empty object", async () => {
  await using store = await storeOf(WHOLE);
  assertEquals(await gatherRecords(store, "k"), RECORDS);
  await store.put("none", new Uint8Array(0));
  assertEquals(await gatherRecords(store, "none"), []);
});

Deno.test("readRecords: every damage is found, but a cut or an addition between records", async () => {
  await assertDamageIsFound(WHOLE, {
    read: gatherRecords,
    isUndetectable: ({ bytes, what }) =>
      what.startsWith("cut") && (bytes.length === 0 || bytes.length === 16) ||
      what === "lengthened by itself",
  });
});

Deno.test("readRecords: a fault names the record and its offset", async () => {
  const cases: [Uint8Array, string, number, number][] = [
    [WHOLE.with(30, 0), "record 1 at byte 16: its CRC-32C does not fit", 1, 16],
    [WHOLE.with(25, 0), "record 1 at byte 16: the CRC-32C of its length does not fit", 1, 16],
    [WHOLE.slice(0, 20), "record 1 at byte 16: it is cut after 4 of the 12 bytes of its head", 1, 16],
    [WHOLE.slice(0, 40), "record 1 at byte 16: it has 9 bytes, and 8 are left", 1, 16],
  ];
  for (const [bytes, message, record, offset] of cases) {
    await using store = await storeOf(bytes);
    const error = await assertRejects(() => gatherRecords(store, "k"), FormatError, message);
    assertEquals([error.record, error.offset], [record, offset]);
    assert(error.message.startsWith('Cannot read tfrecord "memory://'), error.message);
  }
});

Deno.test("readRecords: what is sound before a fault comes first", async () => {
  await using store = await storeOf(WHOLE.with(30, 0));
  const seen: number[] = [];
  await assertRejects(async () => {
    for await (const { length } of readRecords(store, "k")) seen.push(length);
  }, FormatError);
  assertEquals(seen, [1]);
});

Deno.test("readRecords: a length that passes the object's end takes no memory", async () => {
  // 2^62 bytes, with the checksum that belongs to it.
  const head = fromHex("0000000000000040 00000000");
  new DataView(head.buffer).setUint32(8, maskCrc32c(crc32c(head.subarray(0, 8))), true);
  await using store = await storeOf(head);
  await assertRejects(() => gatherRecords(store, "k"), FormatError, "and 0 are left");
  await store.put("gz", gzipSync(head));
  await assertRejects(() => gatherRecords(store, "gz"), FormatError, "more than any object");
});

Deno.test("readRecords: with onFault, the damaged record alone is left out", async () => {
  await using store = new MemoryStore();
  const records = [1, 2, 3, 4].map((value) => new Uint8Array(20).fill(value));
  await putRecords(store, "k", records);
  const { bytes } = await getBytes(store, "k");
  bytes[36 + 15] = 9;
  await store.put("k", bytes);
  const faults: FormatError[] = [];
  const firsts: number[] = [];
  const seen: number[] = [];
  for await (const batch of readRecords(store, "k", { onFault: (fault) => faults.push(fault) })) {
    firsts.push(batch.first);
    for (const [record] of batch) seen.push(record ?? 0);
  }
  assertEquals(seen, [1, 3, 4]);
  assertEquals(firsts, [0, 2]);
  assertEquals(faults.map(({ record, offset }) => [record, offset]), [[1, 36]]);
});

Deno.test("readRecords: gzip of one or several members, and zlib, by their first bytes", async () => {
  await using store = new MemoryStore();
  const members = [gzipSync(WHOLE.slice(0, 20)), gzipSync(WHOLE.slice(20))];
  const bytes = new Uint8Array(members.flatMap((member) => [...member]));
  for (const stored of [gzipSync(WHOLE), deflateSync(WHOLE), bytes]) {
    await store.put("k", new Uint8Array(stored));
    assertEquals(await gatherRecords(store, "k"), RECORDS);
  }
  await assertRejects(() => gatherRecords(store, "k", { compression: "none" }), FormatError, "record 0");
});

for (const [name, compress] of [["gzip", gzipSync], ["zlib", deflateSync]] as const) {
  Deno.test(`readRecords: damage of ${name} is found`, async () => {
    await assertDamageIsFound(new Uint8Array(compress(WHOLE)), {
      read: gatherRecords,
      // What is not covered by a checksum: the time, the level and the system of the header; nothing at all is no records.
      isUndetectable: ({ what, bytes }) =>
        bytes.length === 0 || name === "gzip" && /^byte [4-9] /.test(what) ||
        name === "gzip" && what === "lengthened by itself",
    });
  });
}

Deno.test("detectCompression: a record as long as gzip's magic says is no gzip", async () => {
  await using store = new MemoryStore();
  for (const length of [0x8b1f, 0x088b1f, 0x9c78, 0x0178]) {
    const record = crypto.getRandomValues(new Uint8Array(Math.min(length, 65_000)));
    const records = [length > 65_000 ? new Uint8Array(length) : record];
    await putRecords(store, "k", records);
    assertEquals(await gatherRecords(store, "k"), records);
  }
  assertEquals(detectCompression(fromHex("1f8b0800")), "gzip");
  assertEquals(detectCompression(fromHex("7801")), "zlib");
  assertEquals(detectCompression(fromHex("7802")), "none");
});

Deno.test("RecordCutter: however the bytes are cut, the records are the same", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
    fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
    (records, cuts) => {
      const bytes = frames(records);
      const cutter = new RecordCutter({ uri: "memory://x", size: bytes.length });
      const seen: Uint8Array[] = [];
      const places: number[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const piece = bytes.slice(at, at += cuts[turn % cuts.length] ?? 1);
        for (const batch of cutter.push(piece)) {
          assertEquals(batch.first, seen.length);
          for (let index = 0; index < batch.length; index++) {
            seen.push(batch.record(index).slice());
            places.push(batch.offset + (batch.starts[index] ?? 0));
          }
        }
      }
      cutter.finish();
      assertEquals(seen, records);
      assertEquals(cutter.record, records.length);
      assertEquals(
        places.map((place, index) => bytes.slice(place, place + (records[index]?.length ?? 0))),
        records,
      );
    },
  ));
});

Deno.test("RecordCutter: damage of a record that comes in several pieces is found", () => {
  const bytes = frames([new Uint8Array(20).fill(7), new Uint8Array(0), new Uint8Array(9).fill(8)]);
  for (let at = 0; at < bytes.length; at++) {
    for (const step of [1, 5, 13]) {
      const copy = bytes.with(at, (bytes[at] ?? 0) ^ 0x10);
      const cutter = new RecordCutter({ uri: "memory://x", size: copy.length });
      assertThrows(() => {
        for (let from = 0; from < copy.length; from += step) {
          [...cutter.push(copy.subarray(from, from + step))];
        }
        cutter.finish();
      }, FormatError);
    }
  }
});

function frames(records: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length + 16, 0));
  let at = 0;
  for (const record of records) {
    writeHead(bytes, at, record.length);
    bytes.set(record, at + 12);
    writeFoot(bytes, at += 12 + record.length, crc32c(record));
    at += 4;
  }
  return bytes;
}
