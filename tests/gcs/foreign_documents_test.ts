import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ChecksumMismatchError, ServiceError, StoreError } from "@lade/core";
import { compose } from "@lade/gcs";
import type { GcsStore } from "../../packages/gcs/store/gcs_store.ts";
import { openFake, withoutWaits } from "./open_fake.ts";

/** By its headers, it is Google's. */
const HEADERS = { "content-type": "application/json", "x-guploader-uploadid": "x" };
const OBJECT =
  '"kind":"storage#object","name":"a","size":"1","generation":"5","updated":"2026-01-01T00:00:00Z"';

/** Documents that are none of the JSON API's, or have members of other types than it has. */
const DOCUMENTS = [
  '{"kind":"drive#fileList","files":[]}',
  '{"kind":null}',
  '{"kind":"storage#objects","items":null}',
  '{"kind":"storage#objects","items":{}}',
  '{"kind":"storage#objects","items":[null]}',
  '{"kind":"storage#objects","items":[{"name":5,"size":"1","generation":"1","updated":"2026-01-01T00:00:00Z"}]}',
  '{"kind":"storage#objects","prefixes":[5]}',
  '{"kind":"storage#objects","prefixes":{}}',
  '{"kind":"storage#objects","nextPageToken":{"a":1}}',
  `{${OBJECT.replace('"a"', '"other"')}}`,
  `{${OBJECT.replace('"5"', "{}")}}`,
  '{"kind":"storage#rewriteResponse","resource":{}}',
  `{${OBJECT}`,
];

/** Who describes an object takes no attributes that are no texts. */
const ATTRIBUTES = [`{${OBJECT},"metadata":{"a":5}}`, `{${OBJECT},"contentType":5}`];

const CALLS: Readonly<Record<string, (store: GcsStore) => Promise<unknown>>> = {
  list: (store) => Array.fromAsync(store.list("")),
  "list with delimiter": (store) => Array.fromAsync(store.listWithDelimiter("")),
  "list versions": (store) => Array.fromAsync(store.listVersions("")),
  head: (store) => store.head("a"),
  put: (store) => store.put("a", new Uint8Array(1), { ifNoneMatch: "*" }),
  delete: (store) => store.delete("a"),
  "set attributes": (store) => store.setAttributes("a", { contentLanguage: "de" }),
  copy: (store) => store.copy("a", "b"),
  rename: (store) => store.rename("a", "b"),
  compose: (store) => compose(store, ["a", "a"], "c"),
};

/** The request that a call ends with, where it looks at the object before. */
const LAST: Readonly<Record<string, string>> = {
  "set attributes": "objects.patch",
  copy: "objects.rewrite",
  rename: "objects.move",
  compose: "objects.compose",
};

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`a document of another kind, or with members of other types, is no answer to ${name}`, async () => {
    await using opened = await openFake(withoutWaits());
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "1");
    for (const body of name === "head" ? [...DOCUMENTS, ...ATTRIBUTES] : DOCUMENTS) {
      fake.faults.clear();
      const fault = fake.faults.add({
        match: { times: Infinity, where: ({ operation }) => operation === (LAST[name] ?? operation) },
        action: { kind: "answer", status: 200, headers: HEADERS, body },
      });
      await assertRejects(() => call(store), StoreError, undefined, body);
      assertEquals(fault.hits > 0, true, body);
    }
    assertEquals(fake.objects("bucket").map((object) => object.name), ["a"]);
  });
}

Deno.test("a rename that another answer hides has succeeded where the object is in its new place", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "1");
  fake.faults.add({
    match: { operation: "objects.move" },
    action: { kind: "rewrite", from: /storage#object/, to: "drive#file" },
  });
  await store.rename("a", "b");
  assertEquals(fake.objects("bucket").map(({ name }) => name), ["b"]);
});

Deno.test("what was copied or composed in the place of its own source stays, whatever is said of it", async () => {
  for (const wrong of [/"crc32c":\s*"[^"]+"/, /"size":\s*"\d+"/]) {
    await using opened = await openFake(withoutWaits());
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "1");
    fake.putObject("bucket", "b", "2");
    const to = wrong.source.includes("size") ? '"size":"77"' : '"crc32c":"AAAAAA=="';
    for (const operation of ["objects.rewrite", "objects.compose"] as const) {
      fake.faults.add({
        match: { operation, times: Infinity },
        action: { kind: "rewrite", from: wrong, to },
      });
    }
    const seen = await assertRejects(() => store.setAttributes("a", { storageClass: "NEARLINE" }));
    assertStringIncludes(String(seen), "CRC-32C");
    assertEquals(fake.object("bucket", "a")?.storageClass, "NEARLINE");
    await store.setAttributes("b", { contentLanguage: "de" });
    fake.putObject("bucket", "a", "1");
    await assertRejects(() => compose(store, ["a", "b"], "a"));
    assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "12");
    const many = ["a", ...Array.from({ length: 33 }, () => "b")];
    fake.putObject("bucket", "a", "1");
    await assertRejects(() => compose(store, many, "a"));
    assertEquals(fake.object("bucket", "a") !== undefined, true);
    await assertRejects(() => compose(store, ["a", "b"], "c"));
    assertEquals(fake.object("bucket", "c"), undefined);
  }
});

Deno.test("an answer that describes what was there before the write is no success, and removes nothing", async () => {
  const data = new Uint8Array(1100).fill(7);
  const writes: Readonly<Record<string, (store: GcsStore) => Promise<unknown>>> = {
    "in one request": (store) => store.put("a", data.subarray(0, 100)),
    "by a session": (store) => store.put("a", data),
    "of a stream": async (store) => {
      const writer = await store.createWriter("a");
      await writer.write(data);
      await writer.close();
    },
    "by a copy": (store) => store.copy("b", "a"),
    "by a composition": (store) => compose(store, ["b", "b"], "a"),
  };
  for (const [name, write] of Object.entries(writes)) {
    for (const size of [3, 100, 512, 1024, 1100, 4000]) {
      const config = { threshold: 100, partSize: 512, chunkSize: 512 };
      await using opened = await openFake({
        ...withoutWaits(),
        traits: { takesParts: false },
        config,
        server: { chunkUnit: 512 },
      });
      const { fake, store } = opened;
      const old = new Uint8Array(size);
      fake.clock = () => Date.now() - 3_600_000;
      fake.putObject("bucket", "b", data.slice());
      const { generation } = fake.putObject("bucket", "a", old);
      fake.clock = Date.now;
      const resource =
        `{"kind":"storage#object","name":"a","size":"${size}","generation":"${generation}","updated":"2026-01-01T00:00:00Z"}`;
      const body = name === "by a copy"
        ? `{"kind":"storage#rewriteResponse","done":true,"resource":${resource}}`
        : resource;
      fake.faults.add({
        match: {
          where: ({ method, query }) =>
            method !== "GET" && (method === "PUT" || query["uploadType"] !== "resumable"),
        },
        action: { kind: "answer", status: 200, headers: HEADERS, body },
      });
      await assertRejects(() => write(store), StoreError, undefined, `${name}, ${size}`);
      assertEquals(fake.bytes("bucket", "a"), old, `${name}, ${size}`);
    }
  }
});

Deno.test("a write whose answer has no checksum is held against that of the object", async () => {
  for (const isRight of [true, false]) {
    await using opened = await openFake(withoutWaits());
    const { fake, store } = opened;
    fake.faults.add({
      match: { operation: "objects.insert" },
      action: [
        { kind: "rewrite", from: /"crc32c":\s*"[^"]+",?/, to: "" },
      ],
    });
    if (!isRight) {
      fake.faults.add({
        match: { operation: "objects.get" },
        action: { kind: "rewrite", from: /"crc32c":\s*"[^"]+"/, to: '"crc32c":"AAAAAA=="' },
      });
    }
    const put = store.put("a", new Uint8Array(3));
    if (isRight) assertEquals((await put).size, 3);
    else await assertRejects(() => put, ChecksumMismatchError);
    assertEquals(fake.object("bucket", "a") !== undefined, isRight);
  }
});

Deno.test("an object without a generation is not read", async () => {
  for (const givenXml of [true, false]) {
    for (const generation of [undefined, ""]) {
      await using opened = await openFake({ ...withoutWaits(), traits: { givesXml: givenXml } });
      const { fake, store } = opened;
      fake.putObject("bucket", "a", "1");
      fake.faults.add({
        match: {
          method: "GET",
          where: ({ headers }) => headers["accept-encoding"] === "gzip",
          times: Infinity,
        },
        action: { kind: "headers", set: { "X-Goog-Generation": generation } },
      });
      await assertRejects(() => store.get("a"), ServiceError, "does not tell the generation");
    }
  }
});

Deno.test("an upload in parts is finished where the service keeps it no longer, whatever is answered", async () => {
  await using opened = await openFake({
    ...withoutWaits(),
    traits: { takesParts: true, givesXml: true },
    config: { partSize: 512, threshold: 100 },
    server: { minPartSize: 1 },
  });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "old");
  fake.faults.add({
    match: { method: "POST", where: ({ query }) => "uploadId" in query },
    action: {
      kind: "answer",
      status: 200,
      headers: { ...HEADERS, "content-type": "application/xml" },
      body: "<CompleteMultipartUploadResult><Key>b</Key><ETag>x</ETag></CompleteMultipartUploadResult>",
    },
  });
  const put = () => store.put("a", new Uint8Array(1100));
  await assertRejects(put, ServiceError, "the upload that it finishes is still open");
  assertEquals([fake.bytes("bucket", "a")?.length, fake.unfinished("bucket")], [3, 0]);
  await put();
  assertEquals([fake.bytes("bucket", "a")?.length, fake.unfinished("bucket")], [1100, 0]);
});
