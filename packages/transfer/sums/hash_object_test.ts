import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { TaggedStore } from "../testing/tagged_store.ts";
import { hashObject } from "./hash_object.ts";

Deno.test("hashObject() takes an etag for the MD5 only where it is known to be one", async () => {
  const { signal } = new AbortController();
  const store = new TaggedStore("s3://b/");
  const md5 = (text: string, form: "hex" | "base64") => createHash("md5").update(text).digest(form);
  const told = { md5: md5("other", "base64"), learn: () => {} };
  const hash = async (key: string, stored: boolean) => {
    const place = { store, key, uri: `s3://b/${key}`, uriOf: (of: string) => `s3://b/${of}` };
    const { digits, isStored } = await hashObject(place, { algorithm: "md5", stored, signal });
    return [digits, isStored];
  };
  const etag = md5("other", "hex");
  const bytes = new TextEncoder().encode("hello");
  await store.add("certain", bytes, { etag, etagMd5: { ...told, certain: true } });
  await store.add("likely", bytes, { etag, etagMd5: { ...told, certain: false } });
  await store.add("parts", bytes, { etag: `${etag}-2`, etagMd5: { ...told, certain: true } });
  assertEquals(await hash("certain", true), [etag, true]);
  assertEquals(await hash("certain", false), [md5("hello", "hex"), false]);
  for (const key of ["likely", "parts"]) {
    assertEquals(await hash(key, true), [md5("hello", "hex"), false], key);
  }
  assertEquals(store.calls.includes("ask parts"), false);
});
