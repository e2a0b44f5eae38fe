import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { getBytes, MemoryStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { putRecords } from "../testing/gather_records.ts";
import { decompress } from "../source/decompress.ts";
import { createRecordWriter, indexObjects, openRecords } from "./mod.ts";

const RECORDS = [0, 1, 2, 3].map((record) => new Uint8Array(record + 1).fill(record));

async function opened() {
  const store = new MemoryStore();
  await putRecords(store, "a.tfrecord", RECORDS);
  await indexObjects(store, ["a.tfrecord"]);
  return { store, file: await openRecords(store, "a.tfrecord") };
}

Deno.test("RecordFile: numbers of records that there are none of are RangeErrors, and never another record", async () => {
  const { store, file } = await opened();
  for (const record of [-1, 4, 0.5, NaN]) {
    assertThrows(() => file.rangeOf(record), RangeError, `Cannot find record ${record}: there are 4`);
    await assertRejects(() => file.read([0, record]), RangeError, `Cannot find record ${record}`);
  }
  for (const [from, to] of [[-1, 2], [3, 2], [0, 5], [5, 5], [0.5, 2]] as const) {
    await assertRejects(
      async () => await Array.fromAsync(file.batches({ from, to })),
      RangeError,
      "there are 4",
    );
  }
  const { bytes } = await getBytes(store, "a.tfrecord");
  const { offset, length } = file.rangeOf(2);
  const frame = bytes.slice(offset, offset + length);
  assertEquals(file.decode(2, frame), RECORDS[2]);
  assertThrows(() => file.decode(2, frame.subarray(1)), RangeError, "its frame has 19");
  assertThrows(() => file.decode(2, bytes.subarray(offset)), RangeError, "its frame has 19");
  const [batch] = await Array.fromAsync(file.batches());
  assertEquals(batch?.record(3), RECORDS[3]);
  for (const index of [-1, 4, 0.5]) assertThrows(() => batch?.record(index), RangeError, "of a batch of 4");
});

Deno.test("createRecordWriter(): what is no bytes is refused", async () => {
  await using store = new MemoryStore();
  await using writer = await createRecordWriter(store, "b.tfrecord");
  for (const wrong of ["text", [1, 2], new Uint16Array(2), new ArrayBuffer(2)]) {
    await assertRejects(
      async () => await writer.write(wrong as unknown as Uint8Array),
      TypeError,
      "a Uint8Array",
    );
  }
});

Deno.test("decompress(): an error of the bytes themselves stays as it is, and what is cut or damaged is none", async () => {
  const plain = new Uint8Array(300_000).map((_, index) => index * 7);
  const zipped = new Uint8Array(gzipSync(plain, { level: 0 }));
  const error = new UnavailableError({ operation: "get", uri: "memory://k", detail: "it broke off" });
  const all = async (pieces: AsyncIterable<Uint8Array>) => {
    let length = 0;
    for await (const piece of decompress({ stored: pieces, compression: "gzip", uri: "memory://k" })) {
      length += piece.length;
    }
    return length;
  };
  const broken = async function* (length: number) {
    yield zipped.slice(0, length);
    await Promise.resolve();
    throw error;
  };
  for (const length of [0, 1, 100_000, zipped.length - 1, zipped.length]) {
    assertEquals(await assertRejects(() => all(broken(length))), error, `${length}`);
  }
  const given = async function* (bytes: Uint8Array) {
    yield bytes;
    await Promise.resolve();
  };
  assertEquals(await all(given(zipped)), plain.length);
  for (
    const bytes of [
      zipped.slice(0, -1),
      zipped.slice(0, 100_000),
      zipped.with(200_000, (zipped[200_000] ?? 0) ^ 1),
      zipped.with(10, 0xff),
      new Uint8Array([...zipped, 0]),
      new Uint8Array([...zipped, 7]),
    ]
  ) {
    await assertRejects(() => all(given(bytes)), FormatError);
  }
});
