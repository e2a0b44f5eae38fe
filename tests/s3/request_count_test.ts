import { assertEquals, assertRejects } from "@std/assert";
import {
  copyObject,
  getBytes,
  getMany,
  getRange,
  MemoryStore,
  NotFoundError,
  PreconditionFailedError,
  readChunks,
  readInto,
  stream,
} from "@lade/core";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig, type OpenedFake, openFake } from "./open_fake.ts";

const MIB = 2 ** 20;
/** What a first request asks for at most. */
const FIRST = 8 * MIB;

/** The operations that the server was asked for since the last call, with their number. */
function operationsOf(fake: FakeS3): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation = "?" } of fake.requests.splice(0)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

const READS: Readonly<Record<string, (opened: OpenedFake, key: string) => Promise<unknown>>> = {
  "get()": async ({ store }, key) => await (await store.get(key)).readInto(new Uint8Array(FIRST)),
  "getBytes()": ({ store }, key) => getBytes(store, key),
  "getRange()": ({ store }, key) => getRange(store, key, 10, 100),
  "readInto()": ({ store }, key) => readInto(store, key, new Uint8Array(FIRST)),
  "stream()": ({ store }, key) => Array.fromAsync(stream(store, key)),
  "readChunks()": async ({ store }, key) => {
    for await (const _ of await readChunks(store, key));
  },
  "copyObject()": ({ store }, key) => copyObject(store, key, new MemoryStore(), "copy"),
};

for (const [name, read] of Object.entries(READS)) {
  Deno.test(`${name} of an object that fits one chunk makes one request, a GET`, async () => {
    await using opened = await openFake();
    for (const size of [1000, FIRST]) {
      opened.fake.putSynthetic("bucket", "object", { size, checksum: "crc32c" });
      await read(opened, "object");
      assertEquals(operationsOf(opened.fake), { GetObject: 1 }, `${size} bytes`);
    }
  });
}

Deno.test("readInto() of five chunks makes five requests, all of them GETs", async () => {
  await using opened = await openFake();
  const size = 4 * FIRST + 1;
  opened.fake.putSynthetic("bucket", "object", { size });
  await readInto(opened.store, "object", new Uint8Array(size));
  assertEquals(operationsOf(opened.fake), { GetObject: 5 });
});

Deno.test("head() makes one request, also where there is no object", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putSynthetic("bucket", "object", { size: 10 });
  await store.head("object");
  await assertRejects(() => store.head("missing"), NotFoundError);
  await assertRejects(() => store.head("object", { ifMatch: "other" }), PreconditionFailedError);
  assertEquals(operationsOf(fake), { HeadObject: 3 });
});

Deno.test("getMany() makes one request for each object", async () => {
  await using opened = await openFake();
  const keys = Array.from({ length: 20 }, (_, i) => `object-${i}`);
  for (const key of keys) opened.fake.putSynthetic("bucket", key, { size: 4096 });
  await Array.fromAsync(getMany(opened.store, keys));
  assertEquals(operationsOf(opened.fake), { GetObject: 20 });
});

Deno.test("S3Store.put() makes one request up to the part size, and one for each part and two more beyond", async () => {
  await using opened = await openFake({ config: { multipart: { partSize: 1000 } } });
  const { fake, store } = opened;
  await store.put("object", new Uint8Array(1000));
  assertEquals(operationsOf(fake), { PutObject: 1 });
  await store.put("object", new Uint8Array(2001));
  assertEquals(operationsOf(fake), { CreateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
  const writer = await store.createWriter("object");
  await writer.write(new Uint8Array(10));
  await writer.close();
  assertEquals(operationsOf(fake), { PutObject: 1 });
});

/** Command lines, `DIR` standing for a directory with a file `new`, and what each of them may ask the server for. */
const COMMANDS: readonly (readonly [string, Record<string, number>])[] = [
  ["cat s3://bucket/one", { GetObject: 1 }],
  ["cp s3://bucket/one DIR/copy", { GetObject: 1 }],
  ["get s3://bucket/one DIR/", { GetObject: 1 }],
  ["get -r s3://bucket/tree/ DIR/tree/", { ListObjectsV2: 1, GetObject: 3 }],
  ["stat s3://bucket/one", { HeadObject: 1 }],
  ["cp DIR/new s3://bucket/new", { PutObject: 1 }],
  ["ls -r s3://bucket/tree/", { ListObjectsV2: 1 }],
];

for (const [line, operations] of COMMANDS) {
  Deno.test(`lade ${line} makes no more requests than it needs`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    for (const key of ["one", "tree/a", "tree/b", "tree/c"]) {
      fake.putSynthetic("bucket", key, { size: 1000, checksum: "crc32c" });
    }
    const directory = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${directory}/new`, "content");
      await using lade = new Lade({ config: { s3: { ...fakeConfig(fake) } } });
      const terminal = new FakeTerminal({});
      const args = line.replaceAll("DIR", directory).split(" ");
      assertEquals(await runCli(args, { terminal, lade }), 0, terminal.stderr.text);
      assertEquals(operationsOf(fake), operations);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
