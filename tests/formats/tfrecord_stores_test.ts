import { assertEquals, assertRejects } from "@std/assert";
import { crc32c } from "@lade/codec/checksum";
import type { ObjectStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { createRecordWriter, indexObjects, openRecords, readRecords } from "@lade/formats/tfrecord";
import { ObjectSource } from "@lade/formats/source";
import { openFileStore } from "@lade/fs";
import { openFake } from "../s3/open_fake.ts";

const RECORDS = Array.from(
  { length: 300 },
  (_, index) => Uint8Array.from({ length: (index * 7919) % 90_000 }, (_, at) => at * index >> 3),
);

async function writeRecords(store: ObjectStore, key: string): Promise<void> {
  await using writer = await createRecordWriter(store, key);
  await writer.writeAll(RECORDS);
  await writer.close();
}

async function checkRecords(store: ObjectStore): Promise<void> {
  await writeRecords(store, "d/a.tfrecord");
  let next = 0;
  for await (const batch of readRecords(store, "d/a.tfrecord")) {
    for (const record of batch) assertEquals(crc32c(record), crc32c(RECORDS[next++] ?? new Uint8Array(1)));
  }
  assertEquals(next, RECORDS.length);
  await indexObjects(store, ["d/a.tfrecord"]);
  const file = await openRecords(store, "d/a.tfrecord");
  const wanted = [299, 0, 7, 150, 151, 7];
  assertEquals(await file.read(wanted), wanted.map((record) => RECORDS[record] ?? new Uint8Array(1)));
  // Who leaves early leaves nothing open.
  for await (const batch of readRecords(store, "d/a.tfrecord")) {
    assertEquals(batch.first, 0);
    break;
  }
}

Deno.test("TFRecord over file://: in order, by index, and left early", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(directory);
    await checkRecords(store);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("bytes of a file come in order, whether they are looked at or not", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(directory);
    const bytes = Uint8Array.from({ length: 3 * 2 ** 20 + 7 }, (_, at) => at * at >> 5);
    await store.put("k", bytes);
    const source = await ObjectSource.open(store, "k");
    for (const isLookedAt of [true, false]) {
      let crc = 0;
      for await (const piece of source.stream({ isLookedAt })) crc = crc32c(piece, crc);
      assertEquals(crc, crc32c(bytes));
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("TFRecord over s3://: in order, by index, and left early", async () => {
  await using opened = await openFake({ context: { random: () => 0 } });
  await checkRecords(opened.store);
});

Deno.test("TFRecord over s3://: an object that is replaced while it is read is an error", async () => {
  await using opened = await openFake({ context: { random: () => 0 } });
  const { store } = opened;
  await writeRecords(store, "k");
  await indexObjects(store, ["k"]);
  const file = await openRecords(store, "k");
  await writeRecords(store, "k");
  await store.put("k", new Uint8Array(file.index.size));
  await assertRejects(() => file.read([299]), PreconditionFailedError);
});
