import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ChecksumMismatchError,
  getBytes,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  UnsupportedError,
} from "@lade/core";
import { foreignPage, openFake, operations } from "./open_fake.ts";

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

Deno.test("what is decompressed on the way is not what is stored", async () => {
  for (const [server, operation] of [[{}, "xml.getObject"], [JSON_ONLY, "objects.getMedia"]] as const) {
    await using opened = await openFake({ server });
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "plain text", { fields: { contentEncoding: "gzip" } });
    const action = { kind: "headers", set: { "Content-Encoding": undefined } } as const;
    fake.faults.add({ match: { operation, times: Infinity }, action });
    for (const options of [{}, { range: { offset: 0, length: 5 } }]) {
      await assertRejects(() => store.get("a", options), ServiceError, "decompressed on the way");
    }
  }
});

Deno.test("a checksum that cannot be understood is not passed over as though there were none", async () => {
  for (const [server, operation] of [[{}, "xml.getObject"], [JSON_ONLY, "objects.getMedia"]] as const) {
    await using opened = await openFake({ server });
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "bytes");
    const tell = (hash: string) => {
      const action = { kind: "headers", set: { "x-goog-hash": hash } } as const;
      fake.faults.add({ match: { operation }, action });
    };
    for (const hash of ["crc32c=!!!", "crc32c=AAAAAA==x", "md5=AAAA", "crc32c=,md5=AAAA==="]) {
      tell(hash);
      await assertRejects(() => store.get("a"), ServiceError, "a checksum of the object is none");
    }
    tell("crc32c=,md5=");
    assertEquals((await getBytes(store, "a")).bytes.length, 5);
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
  operations(fake);
  await assertRejects(() => store.get("a", { ifMatch: etag }), PreconditionFailedError);
  assertEquals(operations(fake), { "objects.get": 1, "objects.getMedia": 1 });
});

Deno.test("what a proxy says turns no endpoint into one without the XML API that is known to have it", async () => {
  await using opened = await openFake({ isGoogle: true, traits: { givesXml: true } });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "bytes");
  fake.faults.add({ match: { operation: "xml.getObject" }, action: foreignPage(404) });
  await assertRejects(() => store.get("a"), ServiceError, "not the service's");
  assertEquals(operations(fake), { "xml.getObject": 1 });
  assertEquals(new TextDecoder().decode((await getBytes(store, "a")).bytes), "bytes");
});

Deno.test("only what is no answer of the service tells that an endpoint has no XML API", async () => {
  const match = { operation: "xml.getObject" } as const;
  for (const status of [400, 404, 405, 501]) {
    await using opened = await openFake();
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "bytes");
    fake.faults.add({ match, action: foreignPage(status) });
    await getBytes(store, "a");
    assertEquals(store.target.traits.givesXml, false, `${status}`);
  }
  await using opened = await openFake({ isGoogle: true });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "bytes");
  await assertRejects(() => store.get("none"), NotFoundError);
  fake.faults.add({ match, action: { kind: "status", status: 403, code: "AccessDenied" } });
  await assertRejects(() => store.get("a"), PermissionDeniedError);
  assertEquals(operations(fake), { "xml.getObject": 2 });
});

Deno.test("what is read is compared with its checksum by either API, unless that is not wanted", async () => {
  for (const server of [{}, JSON_ONLY]) {
    for (const verifyDownloads of [true, false]) {
      const traits = { givesXml: server !== JSON_ONLY };
      await using opened = await openFake({ server, traits, config: { verifyDownloads } });
      const { fake, store } = opened;
      fake.putObject("bucket", "a", "bytes");
      fake.faults.add({
        match: { operation: ["xml.getObject", "objects.getMedia"], times: Infinity },
        action: { kind: "headers", set: { "X-Goog-Hash": "crc32c=AAAAAA==", "x-goog-hash": undefined } },
      });
      const read = () => getBytes(store, "a");
      if (verifyDownloads) await assertRejects(read, ChecksumMismatchError);
      else await read();
    }
  }
});

Deno.test("an object that is replaced time and again is read anew three times at most, and is paid for each time", async () => {
  const config = { userProject: "payer" };
  await using opened = await openFake({ server: JSON_ONLY, traits: { givesXml: false }, config });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "bytes");
  const run = () => void fake.putObject("bucket", "a", "other");
  fake.faults.add({
    match: { operation: "objects.getMedia", times: Infinity },
    action: { kind: "before", run },
  });
  await assertRejects(() => store.get("a"), PreconditionFailedError);
  assertEquals(fake.requests.map(({ query }) => query["userProject"]), Array(6).fill("payer"));
});

Deno.test("what the service describes in place of an object is not it", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "bytes");
  const action = { kind: "rewrite", from: /"name":"a"/, to: '"name":"b"' } as const;
  fake.faults.add({ match: { operation: "objects.get" }, action });
  await assertRejects(() => store.head("a"), NotFoundError, 'describes "b" in its place');
  const version = fake.object("bucket", "a")?.generation ?? "";
  const other = { kind: "rewrite", from: /"generation":"\d+"/, to: '"generation":"7"' } as const;
  fake.faults.add({ match: { operation: "objects.get", times: 2 }, action: other });
  await assertRejects(() => store.head("a", { version }), UnsupportedError, "does not answer with version");
  await assertRejects(() => store.head("a", { ifMatch: version }), PreconditionFailedError);
});
