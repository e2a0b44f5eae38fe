import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import type { ObjectStore } from "../contract/object_store.ts";
import type { Checksums, GetOptions } from "../contract/types.ts";
import type { GetResult } from "../contract/get_result.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { getBytes } from "../read/get_bytes.ts";
import { type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";
import { copyObject } from "./copy_object.ts";

const MIB = 2 ** 20;
const SIZE = 12 * MIB + 5;

/** A store of `object` that tells a digest of it, as a checksum or by its etag, and the calls on it. */
async function digested(
  name: "sha256" | "md5" | "etag",
  rules: FaultRule[] = [],
): Promise<{ store: ObjectStore; asked: FaultyStore; data: Uint8Array }> {
  const data = new Uint8Array(SIZE).map((_, at) => (at >> 12) * 31 + at);
  const memory = new MemoryStore();
  await memory.put("object", data);
  const asked = injectFaults(memory, rules);
  const digest = (algorithm: string) => createHash(algorithm).update(data).digest("base64");
  const checksums: Checksums | undefined = name === "etag" ? undefined : { [name]: digest(name) };
  const etagMd5 = () => name === "etag" ? { md5: digest("md5"), certain: true, learn: () => {} } : undefined;
  const store: ObjectStore = Object.create(asked, {
    get: {
      value: async (key: string, options?: GetOptions): Promise<GetResult> => {
        const result = await asked.get(key, options);
        return new Proxy(result, {
          get(target, property) {
            if (property === "info") return { ...target.info, ...(checksums && { checksums }) };
            if (property === "etagMd5") return etagMd5;
            const value = Reflect.get(target, property);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      },
    },
  });
  return { store, asked, data };
}

for (const name of ["sha256", "md5", "etag"] as const) {
  Deno.test(`copyObject() takes ranges in turn for ${name}, and holds those that come early`, async () => {
    const stalled = Promise.withResolvers<void>();
    const { store, asked, data } = await digested(name, [
      { operation: "get", nth: 1, fault: { kind: "stall", until: stalled.promise, after: 100 } },
    ]);
    const to = new MemoryStore();
    let bytes = 0;
    const early = Promise.withResolvers<void>();
    const onProgress = (event: { readonly type: string; readonly bytes?: number }) => {
      bytes += event.bytes ?? 0;
      if (bytes >= 2 * MIB) early.resolve();
    };
    const copying = copyObject(store, "object", to, "copy", {
      chunkSize: MIB,
      concurrency: 3,
      onProgress,
      forMove: name === "etag",
    });
    await early.promise;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(asked.calls.length, 3, "parts whose turn has not come make room for others");
    stalled.resolve();
    const { read } = await copying;
    assertEquals([read?.verified, Object.keys(read?.checksums ?? {})], [true, [
      name === "etag" ? "md5" : name,
    ]]);
    assertEquals((await getBytes(to, "copy")).bytes, data);
    assertEquals([store.context.budget.held, asked.openBodies], [0, 0]);
  });
}

Deno.test("copyObject() makes no object of bytes whose digest does not fit, and frees what waits for its turn", async () => {
  for (const nth of [1, 5, 13]) {
    const { store, asked } = await digested("sha256", [
      { operation: "get", nth, fault: { kind: "corrupt", position: 3 } },
    ]);
    const to = new MemoryStore();
    const copying = () => copyObject(store, "object", to, "copy", { chunkSize: MIB, concurrency: 3 });
    await assertRejects(copying, ChecksumMismatchError, "sha256");
    assertEquals(await Array.fromAsync(to.list()), []);
    assertEquals([store.context.budget.held, asked.openBodies], [0, 0]);
  }
});

Deno.test("copyObject() ends when the range that others wait for fails", async () => {
  const error = new Error("broken for good");
  const { store, asked } = await digested("sha256", [
    { operation: "get", nth: 1, fault: { kind: "throw", error, after: 100 } },
  ]);
  const to = new MemoryStore();
  await assertRejects(
    () => copyObject(store, "object", to, "copy", { chunkSize: MIB, concurrency: 3 }),
    Error,
    "for good",
  );
  assertEquals([store.context.budget.held, asked.openBodies], [0, 0]);
});
