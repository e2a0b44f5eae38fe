import { Storage } from "@google-cloud/storage";
import { assertEquals, assertRejects } from "@std/assert";
import { type FakeGcs, startFakeGcs } from "./gcs/mod.ts";

const UNIT = 256 * 1024;

/** Google's own client against a fake: all of its requests by anybody, none twice. */
async function withClient(run: (storage: Storage, fake: FakeGcs) => Promise<void>): Promise<void> {
  await using fake = await startFakeGcs({ allowsAnonymous: true });
  const storage = new Storage({
    apiEndpoint: fake.url,
    projectId: "project",
    useAuthWithCustomEndpoint: false,
    retryOptions: { autoRetry: false },
  });
  await storage.createBucket("bucket", { location: "EU", versioning: { enabled: true } });
  await run(storage, fake);
}

/** Bytes that are no two the same at a place. */
function sample(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

const CASES: Readonly<Record<string, (storage: Storage, fake: FakeGcs) => Promise<void>>> = {
  async "buckets are made, listed, described and deleted"(storage) {
    const [buckets] = await storage.getBuckets();
    assertEquals(buckets.map(({ name }) => name), ["bucket"]);
    const [metadata] = await storage.bucket("bucket").getMetadata();
    assertEquals([metadata.location, metadata.versioning], ["EU", { enabled: true }]);
    await storage.bucket("bucket").delete();
    assertEquals(await storage.bucket("bucket").exists(), [false]);
  },
  async "an object is saved at once, described, read with its checksums compared, and deleted"(
    storage,
    fake,
  ) {
    const file = storage.bucket("bucket").file("dir/ä b");
    const data = sample(1000);
    await file.save(data, {
      resumable: false,
      contentType: "a/b",
      metadata: { metadata: { name: "value" } },
    });
    assertEquals(fake.bytes("bucket", "dir/ä b"), data);
    const [metadata] = await file.getMetadata();
    assertEquals([metadata.contentType, metadata.metadata], ["a/b", { name: "value" }]);
    const [bytes] = await file.download({ validation: "crc32c" });
    assertEquals(new Uint8Array(bytes), data);
    const [part] = await file.download({ start: 10, end: 19 });
    assertEquals(new Uint8Array(part), data.subarray(10, 20));
    await file.delete();
    await assertRejects(() => file.download(), Error, "No such object");
  },
  async "an object is saved by a session, in one chunk and in several"(storage, fake) {
    const data = sample(2 * UNIT + 100);
    for (const chunkSize of [undefined, UNIT]) {
      const file = storage.bucket("bucket").file("large");
      await file.save(data, {
        resumable: true,
        ...(chunkSize !== undefined && { chunkSize }),
        validation: "md5",
      });
      assertEquals(fake.bytes("bucket", "large"), data);
    }
    assertEquals(fake.unfinished("bucket"), 0);
  },
  async "objects are listed in pages, by prefix and by delimiter"(storage, fake) {
    for (const name of ["a/1", "a/2", "b", "c/d/e"]) fake.putObject("bucket", name, name);
    const bucket = storage.bucket("bucket");
    fake.settings.maxPageSize = 3;
    const [all] = await bucket.getFiles();
    assertEquals(all.map(({ name }) => name), ["a/1", "a/2", "b", "c/d/e"]);
    fake.settings.maxPageSize = 1000;
    const [files, , answer] = await bucket.getFiles({ delimiter: "/", autoPaginate: false });
    const { prefixes } = Object(answer);
    assertEquals([files.map(({ name }) => name), prefixes], [["b"], ["a/", "c/"]]);
    const [later] = await bucket.getFiles({ prefix: "a/", startOffset: "a/2" });
    assertEquals(later.map(({ name }) => name), ["a/2"]);
  },
  async "an object is changed, copied, moved and composed"(storage, fake) {
    const bucket = storage.bucket("bucket");
    fake.putObject("bucket", "a", "12345", { metadata: new Map([["one", "1"], ["two", "2"]]) });
    await bucket.file("a").setMetadata({ metadata: { two: null, three: "3" } });
    assertEquals(fake.object("bucket", "a")?.metadata, new Map([["one", "1"], ["three", "3"]]));
    await bucket.file("a").copy(bucket.file("b"));
    assertEquals(fake.object("bucket", "b")?.metadata.get("three"), "3");
    await bucket.file("b").moveFileAtomic("c");
    assertEquals(fake.objects("bucket").map(({ name }) => name), ["a", "c"]);
    await bucket.combine(["a", "c"], "whole");
    assertEquals(new TextDecoder().decode(fake.bytes("bucket", "whole")), "1234512345");
  },
  async "a condition that does not hold is refused by its number"(storage, fake) {
    const { generation } = fake.putObject("bucket", "a", "bytes");
    const file = storage.bucket("bucket").file("a");
    const save = (ifGenerationMatch: number | string) =>
      file.save("more", { resumable: false, preconditionOpts: { ifGenerationMatch } });
    const error = await assertRejects(() => save(0));
    assertEquals(Object(error).code, 412);
    await save(generation);
    assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "more");
  },
};

for (const [name, run] of Object.entries(CASES)) {
  Deno.test({
    name: `the service's own client against the fake: ${name}`,
    // It leaves timers and connections behind.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => withClient(run),
  });
}
