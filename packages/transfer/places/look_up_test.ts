import { ForwardingStore, MemoryStore, type ObjectInfo } from "@lade/core";
import { PermissionDeniedError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import { lookUp } from "./look_up.ts";

Deno.test("lookUp() takes for missing only what the store says is missing", async () => {
  const { signal } = new AbortController();
  const memory = new MemoryStore();
  await memory.put("a", new Uint8Array(3));
  assertEquals((await lookUp({ store: memory, key: "a" }, signal))?.size, 3);
  assertEquals(await lookUp({ store: memory, key: "none" }, signal), undefined);
  class Closed extends ForwardingStore {
    override head(key: string): Promise<ObjectInfo> {
      return Promise.reject(
        new PermissionDeniedError({ operation: "head", uri: key, detail: "closed" }),
      );
    }
  }
  await assertRejects(() => lookUp({ store: new Closed(memory), key: "a" }, signal), PermissionDeniedError);
});
