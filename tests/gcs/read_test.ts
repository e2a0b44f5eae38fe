import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, NotFoundError, PreconditionFailedError, ServiceError } from "@lade/core";
import { openFake, operations } from "./open_fake.ts";

const JSON_ONLY = { refusesXml: true };

Deno.test("an object is read with all that describes it in one request of the XML API", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const { generation, crc32c } = fake.putObject("bucket", "dir/a b", "bytes", {
    fields: { contentType: "a/b", contentLanguage: "de" },
    metadata: new Map([["Name", "Größe =?UTF-8?Q?no?="]]),
    storageClass: "NEARLINE",
  });
  const { info } = await store.get("dir/a b");
  assertEquals(operations(fake), { "xml.getObject": 1 });
  assertEquals([info.etag, info.version, info.size], [generation, generation, 5]);
  assertEquals([info.contentType, info.contentLanguage, info.storageClass], ["a/b", "de", "NEARLINE"]);
  assertEquals([info.metadata, info.checksums?.crc32c], [{ name: "Größe =?UTF-8?Q?no?=" }, crc32c]);
  // The service says so of its own accord.
  assertEquals([info.cacheControl, info.expires], [undefined, undefined]);
});

Deno.test("what is stored compressed is read as it is stored, by either API", async () => {
  const packed = new Uint8Array(gzipSync("plain text"));
  for (const server of [{}, JSON_ONLY]) {
    await using opened = await openFake({ server });
    const { fake, store } = opened;
    fake.putObject("bucket", "a", packed, { fields: { contentEncoding: "gzip" } });
    const { bytes, info } = await getBytes(store, "a");
    assertEquals([bytes, info.size, info.contentEncoding], [packed, packed.length, "gzip"]);
  }
});

Deno.test("an endpoint without the XML API is found out once, and read by the JSON API with all attributes", async () => {
  await using opened = await openFake({ server: JSON_ONLY });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "bytes", { metadata: new Map([["name", "value"]]) });
  const { bytes, info } = await getBytes(store, "a");
  assertEquals([new TextDecoder().decode(bytes), info.metadata], ["bytes", { name: "value" }]);
  assertEquals(operations(fake), { "xml.getObject": 1, "objects.get": 1, "objects.getMedia": 1 });
  await assertRejects(() => store.get("none"), NotFoundError);
  assertEquals(operations(fake), { "objects.get": 1 });
});

Deno.test("an object that is replaced between its description and its bytes is read anew, but not where it is to be that one", async () => {
  await using opened = await openFake({ server: JSON_ONLY, traits: { givesXml: false } });
  const { fake, store } = opened;
  const { generation } = fake.putObject("bucket", "a", "old", { metadata: new Map([["is", "old"]]) });
  const replace = () => {
    const run = () => void fake.putObject("bucket", "a", "new", { metadata: new Map([["is", "new"]]) });
    fake.faults.add({ match: { operation: "objects.getMedia" }, action: { kind: "before", run } });
  };
  replace();
  const { bytes, info } = await getBytes(store, "a");
  assertEquals([new TextDecoder().decode(bytes), info.metadata], ["new", { is: "new" }]);
  assert(info.etag !== generation);
  replace();
  const { etag = "" } = await store.head("a");
  await assertRejects(() => store.get("a", { ifMatch: etag }), PreconditionFailedError);
});

Deno.test("what a proxy says turns no endpoint into one without the XML API that is known to have it", async () => {
  await using opened = await openFake({ isGoogle: true, traits: { givesXml: true } });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "bytes");
  const page = {
    kind: "answer",
    status: 404,
    headers: { "content-type": "text/html" },
    body: "<html></html>",
  } as const;
  fake.faults.add({ match: { operation: "xml.getObject" }, action: page });
  await assertRejects(() => store.get("a"), ServiceError, "not the service's");
  assertEquals(operations(fake), { "xml.getObject": 1 });
  assertEquals(new TextDecoder().decode((await getBytes(store, "a")).bytes), "bytes");
});
