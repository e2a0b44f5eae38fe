import { type CopyObjectResult, MemoryStore, type ObjectMeta } from "@lade/core";
import { assertEquals } from "@std/assert";
import type { Place } from "../places/place.ts";
import { Remembering } from "../testing/remembering.ts";
import { rememberCopy } from "./remember_copy.ts";

const { signal } = new AbortController();
const SOURCE: ObjectMeta = { key: "a", size: 1, lastModified: new Date(0), etag: "s" };

function placeOf(uri: string, store = new MemoryStore()): Place {
  return { store, key: "a", uri, uriOf: (key) => `${uri.slice(0, -1)}${key}` };
}

/** What is remembered of a copy, by URI and etag. */
async function remembered(
  result: CopyObjectResult,
  to = placeOf("s3://b/a"),
  listed: ObjectMeta | undefined = SOURCE,
) {
  const cache = new Remembering();
  await rememberCopy(cache, { from: placeOf("s3://s/a"), to, listed, result, sinceMs: 0, signal });
  const [one, other] = cache.told.map(({ checksums }) => checksums);
  assertEquals(one, other);
  return cache.told.map(({ uri, meta: { etag } }) => `${uri} ${etag}`);
}

Deno.test("rememberCopy() remembers both sides by one mark, and the checksums of either answer", async () => {
  const cache = new Remembering();
  const read = {
    info: { ...SOURCE, metadata: {} },
    range: { offset: 0, length: 1 },
    checksums: { crc32c: "AAAAAA==" },
    verified: true,
  };
  const result = { size: 1, etag: "t", read, checksums: { crc64nvme: "AAAAAAAAAAA=" } };
  const copy = { from: placeOf("s3://s/a"), to: placeOf("az://h/c/a"), result, sinceMs: 7, signal };
  await rememberCopy(cache, copy);
  await rememberCopy(cache, { ...copy, to: placeOf("gs://c/a") });
  const [first] = cache.told;
  assertEquals(cache.told.map(({ uri }) => uri), ["s3://s/a", "az://h/c/a", "s3://s/a", "gs://c/a"]);
  assertEquals(new Set(cache.told.map(({ checksums: { pair } }) => pair)).size, 1);
  const { pair: _, ...checksums } = first?.checksums ?? {};
  assertEquals(checksums, { crc32c: "AAAAAA==", crc64nvme: "AAAAAAAAAAA=" });
});

Deno.test("rememberCopy() remembers nothing where the answers do not show which content was copied", async () => {
  const copied = { size: 1, etag: "t", sourceEtag: "s" };
  assertEquals(await remembered(copied), ["s3://s/a s", "s3://b/a t"]);
  assertEquals(await remembered({ ...copied, sourceEtag: "other" }), []);
  assertEquals(await remembered({ size: 1, etag: "t" }), []);
  assertEquals(await remembered({ size: 1, sourceEtag: "s" }), []);
  assertEquals(await remembered({ ...copied, size: 2 }), []);
  const { etag: _, ...tagless } = SOURCE;
  assertEquals(await remembered({ size: 1, etag: "t" }, undefined, tagless), []);
});

Deno.test("rememberCopy() looks at a local copy, and remembers it only as it was written", async () => {
  const store = new MemoryStore();
  const { etag = "" } = await store.put("a", new Uint8Array(1));
  const to = placeOf("file:///d/a", store);
  assertEquals(await remembered({ size: 1, etag, sourceEtag: "s" }, to), [
    "s3://s/a s",
    `file:///d/a ${etag}`,
  ]);
  await store.put("a", new Uint8Array(1));
  assertEquals(await remembered({ size: 1, etag, sourceEtag: "s" }, to), []);
  await store.delete("a");
  assertEquals(await remembered({ size: 1, etag, sourceEtag: "s" }, to), []);
});
