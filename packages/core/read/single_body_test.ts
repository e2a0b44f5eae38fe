import { assertEquals, assertRejects } from "@std/assert";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { GetOptions, ObjectInfo } from "../contract/types.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { copyObject } from "../operations/copy_object.ts";
import { getMany } from "../operations/get_many.ts";
import { PreconditionFailedError, UnavailableError } from "../errors/errors.ts";
import { type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";
import { getBytes } from "./get_bytes.ts";
import { readChunks } from "./read_chunks.ts";
import { readInto } from "./read_into.ts";
import { stream } from "./stream.ts";
import type { ReadOptions } from "./read_options.ts";

const SIZE = 1000;
const DATA = new Uint8Array(SIZE).map((_, at) => at * 7);
const SMALL = { chunkSize: 64, concurrency: 4 } as const;

type Options = ReadOptions & { readonly concurrency: number };

/** A store whose answers bear neither etag nor version, and what it was asked for. */
async function untagged(
  rules: FaultRule[] = [],
  own: Partial<ObjectInfo> = {},
): Promise<{ store: ObjectStore; asked: FaultyStore }> {
  const memory = new MemoryStore();
  await memory.put("object", DATA);
  const asked = injectFaults(memory, rules);
  const store: ObjectStore = Object.create(asked, {
    get: {
      value: async (key: string, { ifMatch: _, ...options }: GetOptions = {}) => {
        const result = await asked.get(key, options);
        const { etag: _etag, ...info } = result.info;
        return {
          info: { ...info, ...own },
          range: result.range,
          get bytesRead() {
            return result.bytesRead;
          },
          get body() {
            return result.body;
          },
          readInto: (target: Uint8Array) => result.readInto(target),
          cancel: (reason?: unknown) => result.cancel(reason),
          [Symbol.asyncDispose]: () => result.cancel(),
        } satisfies GetResult;
      },
    },
  });
  return { store, asked };
}

const READS: Readonly<Record<string, (store: ObjectStore, options: Options) => Promise<Uint8Array>>> = {
  "getBytes()": async (store, options) => (await getBytes(store, "object", options)).bytes,
  "readInto()": async (store, options) => {
    const target = new Uint8Array(SIZE);
    await readInto(store, "object", target, options);
    return target;
  },
  "stream()": async (store, options) =>
    new Uint8Array(await new Response(stream(store, "object", options)).arrayBuffer()),
  "readChunks()": async (store, options) => {
    const chunks: number[] = [];
    for await (const chunk of await readChunks(store, "object", options)) chunks.push(...chunk);
    return new Uint8Array(chunks);
  },
  "getMany()": async (store, options) => {
    for await (const result of getMany(store, ["object"], options)) {
      if ("error" in result) throw result.error;
      return result.bytes;
    }
    return new Uint8Array();
  },
  "copyObject()": async (store, options) => {
    const to = new MemoryStore();
    await copyObject(store, "object", to, "copy", options);
    return (await getBytes(to, "copy")).bytes;
  },
};

for (const [name, read] of Object.entries(READS)) {
  Deno.test(`${name} of an object without tag, version or checksum takes all bytes from one answer`, async () => {
    const { store, asked } = await untagged();
    assertEquals(await read(store, SMALL), DATA);
    // The first request could not know it.
    assertEquals(asked.calls.map(({ options }) => options["range"]), [{ offset: 0, length: 64 }, undefined]);
    assertEquals([asked.openBodies, asked.peakOpenBodies], [0, 1]);
  });

  Deno.test(`${name} of an object without a tag goes on where its one answer broke off`, async () => {
    const error = new UnavailableError({ operation: "get", uri: "memory://memory/object", detail: "broken" });
    const { store, asked } = await untagged([
      { operation: "get", nth: 2, fault: { kind: "throw", error, after: 500 } },
    ]);
    assertEquals(await read(store, SMALL), DATA);
    assertEquals(asked.calls.at(-1)?.options["range"], { offset: 500, length: 500 });
    assertEquals(asked.openBodies, 0);
  });

  Deno.test(`${name} of an object without a tag fails when it was written to before it goes on`, async () => {
    const error = new UnavailableError({ operation: "get", uri: "memory://memory/object", detail: "broken" });
    const changes = [{ size: SIZE + 1 }, { lastModified: new Date(1) }, { version: "2" }];
    for (const change of changes) {
      const own: { -readonly [Name in keyof ObjectInfo]?: ObjectInfo[Name] } = { lastModified: new Date(0) };
      // Pinned by a version, it would be read in chunks; what is changed is the answer to the second request.
      const { store, asked } = await untagged([
        { operation: "get", nth: 2, fault: { kind: "throw", error, after: 500 } },
      ], own);
      const onProgress = ({ type }: { readonly type: string }) => {
        if (type === "resumed") Object.assign(own, change);
      };
      await assertRejects(
        () => read(store, { ...SMALL, onProgress }),
        PreconditionFailedError,
        "changed while it was read",
      );
      assertEquals(asked.openBodies, 0);
    }
  });
}

Deno.test("readChunks() of an object without a tag frees its one answer when its reader leaves", async () => {
  const { store, asked } = await untagged();
  for await (const _ of await readChunks(store, "object", SMALL)) break;
  assertEquals([asked.openBodies, store.context.budget.held], [0, 0]);
});

Deno.test("getBytes() of a range of an object without a tag asks for that range once more", async () => {
  const { store, asked } = await untagged();
  const { bytes } = await getBytes(store, "object", { ...SMALL, range: { suffixLength: 300 } });
  assertEquals(bytes, DATA.subarray(-300));
  assertEquals(asked.calls.at(-1)?.options["range"], { suffixLength: 300 });
});
