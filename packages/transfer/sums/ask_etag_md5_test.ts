import { MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import { askEtagMd5 } from "./ask_etag_md5.ts";

Deno.test("askEtagMd5() asks about the object that was listed, and about no other", async () => {
  const { signal } = new AbortController();
  const store = new MemoryStore();
  await store.put("a", new Uint8Array(3));
  const meta = await store.head("a");
  assertEquals(await askEtagMd5({ store, key: "a", meta }, signal), undefined);
  await store.put("a", new Uint8Array(3).fill(1));
  await assertRejects(() => askEtagMd5({ store, key: "a", meta }, signal), PreconditionFailedError);
});
