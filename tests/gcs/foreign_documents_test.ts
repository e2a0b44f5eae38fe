import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { StoreError } from "@lade/core";
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
    await store.setAttributes("b", { contentLanguage: "de" });
    fake.putObject("bucket", "a", "1");
    await assertRejects(() => compose(store, ["a", "b"], "a"));
    assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "12");
    await assertRejects(() => compose(store, ["a", "b"], "c"));
    assertEquals(fake.object("bucket", "c"), undefined);
  }
});

Deno.test("an object that grows by a composition whose answer is lost grows once", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  fake.putObject("bucket", "log", "1");
  fake.putObject("bucket", "new", "2");
  fake.faults.add({
    match: { operation: "objects.compose" },
    action: { kind: "drop-answer", how: "rst" },
  });
  const { size } = await compose(store, ["log", "new"], "log");
  assertEquals([size, new TextDecoder().decode(fake.bytes("bucket", "log"))], [2, "12"]);
});
