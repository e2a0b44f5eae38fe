import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, type ObjectStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { filesToTar, tarToFiles } from "@lade/formats/convert";
import { StaleIndexError } from "@lade/formats/errors";
import { scanTar, streamTar, TarWriter } from "@lade/formats/tar";
import { SampleReader, streamSamples } from "@lade/formats/webdataset";
import { openDirectStore, openFileStore } from "@lade/fs";
import { noise } from "../s3/noise.ts";
import { openFake, type OpenFakeOptions } from "../s3/open_fake.ts";

const MIB = 2 ** 20;
const QUICK: OpenFakeOptions = { context: { random: () => 0 }, config: { multipart: { partSize: 5 * MIB } } };

async function files(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let index = 0; index < 12; index++) {
    await store.put(`in/${index}.jpg`, noise(MIB + index));
    await store.put(`in/${index}.cls`, new TextEncoder().encode(`${index}`));
  }
  return store;
}

/** Whether samples, members and files are the same wherever the shard lies. */
async function comesBack(from: MemoryStore, store: ObjectStore): Promise<void> {
  const [written] = await filesToTar(from, "in", store, "s-0.tar");
  assertEquals([written?.files, written?.samples], [24, 12]);
  const inOrder = await Array.fromAsync(streamSamples(store, "s-0.tar"));
  const reader = await SampleReader.open(store, "s-0.tar");
  assert(reader.isIndexStored);
  const byIndex = await reader.readMany(Array.from({ length: reader.length }, (_, index) => index));
  assertEquals(byIndex.map(({ key }) => key), inOrder.map(({ key }) => key));
  assertEquals(byIndex.map(({ fields }) => ({ ...fields })), inOrder.map(({ fields }) => ({ ...fields })));
  assertEquals((await Array.fromAsync(scanTar(store, "s-0.tar"))).length, 24);
  const { files, bytes } = await tarToFiles(store, "s-0.tar", store, "out");
  assertEquals(files, 24);
  assertEquals(bytes, 12 * MIB + 66 + 14);
}

for (const [scheme, open] of [["file://", openFileStore], ["direct://", openDirectStore]] as const) {
  Deno.test(`tar and webdataset on ${scheme}: a tree becomes a shard and comes back`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      await using from = await files();
      await using store = await open(directory);
      await comesBack(from, store);
      const written = await Deno.readFile(`${directory}/out/3.jpg`);
      assertEquals(written, noise(MIB + 3));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("tar and webdataset on s3://: a tree becomes a shard and comes back", async () => {
  await using from = await files();
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await comesBack(from, store);
  assertEquals(store.context.budget.held, 0);
  assert(fake.requests.some(({ operation }) => operation === "UploadPart"));
});

Deno.test("webdataset on s3://: two requests open a shard, one reads a sample, and headers are read alone", async () => {
  await using from = await files();
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await filesToTar(from, "in", store, "s-0.tar");
  fake.requests.length = 0;
  const reader = await SampleReader.open(store, "s-0.tar");
  const { key, fields } = await reader.read(5);
  assertEquals([key, fields.jpg?.length], ["3", MIB + 3]);
  assertEquals(fake.requests.map(({ operation }) => operation), ["GetObject", "GetObject", "GetObject"]);
  fake.requests.length = 0;
  assertEquals((await Array.fromAsync(scanTar(store, "s-0.tar"))).length, 24);
  assert(fake.requests.length <= 13, `${fake.requests.length} requests`);
  await filesToTar(from, "in", store, "s-0.tar", { index: false, keepTimes: true });
  await assertRejects(() => reader.read(6), PreconditionFailedError);
});

Deno.test("webdataset on s3://: a shard that is written anew makes its index stale", async () => {
  await using from = await files();
  await using opened = await openFake(QUICK);
  const { store } = opened;
  await filesToTar(from, "in", store, "s-0.tar");
  await from.put("in/0.jpg", noise(2 * MIB));
  await filesToTar(from, "in", store, "s-0.tar", { index: false });
  await assertRejects(
    async () => {
      const reader = await SampleReader.open(store, "s-0.tar");
      for (let index = 0; index < reader.length; index++) await reader.read(index);
    },
    StaleIndexError,
    "lade index s3://bucket/s-0.tar renews it",
  );
});

Deno.test("tar on s3://: leaving a stream early gives back what it held, and a failed archive leaves no upload", async () => {
  await using from = await files();
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await filesToTar(from, "in", store, "s-0.tar");
  for await (const entry of streamTar(store, "s-0.tar")) {
    if (entry.member.size < MIB) continue;
    for await (const piece of entry.stream()) {
      assert(piece.length > 0);
      break;
    }
    break;
  }
  assertEquals(store.context.budget.held, 0);
  fake.requests.length = 0;
  await using writer = await TarWriter.create(store, "b.tar");
  await writer.add({ name: "a" }, noise(6 * MIB));
  const gone = async function* () {
    yield noise(10);
    throw new Error("the file is gone");
  };
  await assertRejects(() => writer.add({ name: "b", size: 6 * MIB }, gone()), Error, "the file is gone");
  assertEquals(fake.requests.at(-1)?.operation, "AbortMultipartUpload");
});

Deno.test("tar on file://: an archive that is written to while its headers are read is an error", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(directory);
    await using writer = await TarWriter.create(store, "a.tar");
    for (let index = 0; index < 20; index++) await writer.add({ name: `${index}` }, noise(200_000));
    await writer.close();
    const names: string[] = [];
    await assertRejects(async () => {
      for await (const { name } of scanTar(store, "a.tar")) {
        if (names.push(name) > 1) continue;
        using file = await Deno.open(`${directory}/a.tar`, { append: true });
        await file.write(new Uint8Array(512));
      }
    }, PreconditionFailedError);
    assertEquals(names[0], "0");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
