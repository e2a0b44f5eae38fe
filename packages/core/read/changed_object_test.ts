import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "../memory/memory_store.ts";
import { copyObject } from "../operations/copy_object.ts";
import { PreconditionFailedError, RangeNotSatisfiableError } from "../errors/errors.ts";
import { injectFaults } from "@lade/testing";
import { getBytes } from "./get_bytes.ts";
import { readChunks } from "./read_chunks.ts";
import { readInto } from "./read_into.ts";
import { stream } from "./stream.ts";
import type { ReadOptions } from "./read_options.ts";

const READS: Readonly<Record<string, (store: MemoryStore, options: ReadOptions) => Promise<unknown>>> = {
  "getBytes()": (store, options) => getBytes(store, "object", options),
  "readInto()": (store, options) => readInto(store, "object", new Uint8Array(100), options),
  "stream()": (store, options) => Array.fromAsync(stream(store, "object", options)),
  "readChunks()": async (store, options) => Array.fromAsync(await readChunks(store, "object", options)),
  "copyObject()": (store, options) => copyObject(store, "object", new MemoryStore(), "copy", options),
};

for (const [name, read] of Object.entries(READS)) {
  Deno.test(`${name} says that the object changed when it is written to meanwhile`, async () => {
    const store = new MemoryStore();
    await store.put("object", new Uint8Array(100));
    let written: Promise<unknown> | undefined;
    const onProgress = () => void (written ??= store.put("object", new Uint8Array(100)));
    await assertRejects(
      () => read(store, { chunkSize: 10, concurrency: 1, onProgress }),
      PreconditionFailedError,
      "the object changed while it was read",
    );
    await written;
  });
}

Deno.test("getBytes() says that the object changed when a further range starts past its end", async () => {
  const store = new MemoryStore();
  await store.put("object", new Uint8Array(100));
  const error = new RangeNotSatisfiableError({
    operation: "get",
    uri: "memory://memory/object",
    detail: "past",
  });
  const shrunk = injectFaults(store, [{ operation: "get", nth: 2, fault: { kind: "throw", error } }]);
  const found = await assertRejects(
    () => getBytes(shrunk, "object", { chunkSize: 10, concurrency: 1 }),
    PreconditionFailedError,
    "the object changed while it was read",
  );
  assertEquals(found.cause, error);
});
