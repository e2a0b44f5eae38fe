import { assertEquals, assertRejects } from "@std/assert";
import { QuotaExceededError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { getBytes } from "./get_bytes.ts";

Deno.test("getBytes() of more than maxSize is an error that names the size, at hand or not", async () => {
  const store = new MemoryStore();
  await store.put("k", new Uint8Array(100));
  for (const options of [{}, { chunkSize: 30 }]) {
    assertEquals((await getBytes(store, "k", { ...options, maxSize: 100 })).bytes.length, 100);
    const error = await assertRejects(
      () => getBytes(store, "k", { ...options, maxSize: 99 }),
      QuotaExceededError,
    );
    assertEquals(error.message, `Cannot get "${store.uri}/k": it has 100 bytes, more than 99`);
    const range = { offset: 10, length: 20 };
    assertEquals((await getBytes(store, "k", { ...options, range, maxSize: 20 })).bytes.length, 20);
  }
});
