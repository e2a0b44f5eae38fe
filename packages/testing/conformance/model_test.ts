import { assertRejects, assertStringIncludes } from "@std/assert";
import type { ObjectStore, PutOptions, PutResult } from "@lade/core/backend";
import { observe, PrefixStore } from "@lade/core/layers";
import { MemoryStore } from "@lade/core/memory";
import { modelTest, type OpenedForModel } from "./model.ts";

function opened(store: ObjectStore): Promise<OpenedForModel> {
  return Promise.resolve({ store, async [Symbol.asyncDispose]() {} });
}

Deno.test("modelTest() finds MemoryStore to be a Map", () => modelTest(() => opened(new MemoryStore())));

Deno.test("modelTest() finds PrefixStore to be a Map", () =>
  modelTest(() => opened(new PrefixStore(new MemoryStore(), "dir/"))));

Deno.test("modelTest() finds an observed store to be a Map", () =>
  modelTest(() => opened(observe(new MemoryStore(), () => {}))));

class ForgetfulStore extends MemoryStore {
  override put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return super.put(key, data.length === 1025 ? data.subarray(1) : data, options);
  }
}

Deno.test("modelTest() fails a store that loses a byte, and tells the seed and the shortest run", async () => {
  const error = await assertRejects(() => modelTest(() => opened(new ForgetfulStore()), { seed: 1 }), Error);
  assertStringIncludes(error.message, "seed: 1");
  assertStringIncludes(error.message, '"size":1025');
});
