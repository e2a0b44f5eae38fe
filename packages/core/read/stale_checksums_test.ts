import { assert, assertEquals, assertRejects } from "@std/assert";
import { observe } from "../layers/observe.ts";
import { PrefixStore } from "../layers/prefix_store.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { copyObject } from "../operations/copy_object.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { GetOptions } from "../contract/types.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import { createGetResult } from "./create_get_result.ts";
import { getBytes } from "./get_bytes.ts";
import { readChunks } from "./read_chunks.ts";
import { readInto } from "./read_into.ts";
import type { ReadOptions, ReadResult } from "./read_options.ts";

const BYTES = new Uint8Array(100).fill(7);

/** Tells a checksum of other bytes, and what it was asked of it. */
class StaleStore extends MemoryStore {
  asked = 0;

  constructor(readonly isStale: boolean) {
    super();
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    const result = await super.get(key, options);
    const bytes = new Uint8Array(result.range.length);
    await result.readInto(bytes);
    let at = 0;
    return createGetResult({
      info: { ...result.info, checksums: { crc32c: "AAAAAA==" } },
      range: result.range,
      source: {
        read(target) {
          const piece = bytes.subarray(at, at + target.length);
          target.set(piece);
          at += piece.length;
          return piece.length;
        },
        close() {},
      },
      hasStaleChecksums: async () => {
        this.asked++;
        return this.isStale;
      },
      uri: "memory://memory/object",
    });
  }
}

const READS: Readonly<
  Record<string, (store: ObjectStore, options: ReadOptions) => Promise<ReadResult | undefined>>
> = {
  "getBytes()": (store, options) => getBytes(store, "object", options),
  "readInto()": (store, options) => readInto(store, "object", new Uint8Array(100), options),
  async "readChunks()"(store, options) {
    const chunks = (await readChunks(store, "object", options))[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) return value;
    }
  },
  "copyObject()": async (store, options) =>
    (await copyObject(store, "object", new MemoryStore(), "copy", options)).read,
};

for (const [name, read] of Object.entries(READS)) {
  Deno.test(`${name} takes bytes that do not fit a checksum where that is stale, and says that they are not verified`, async () => {
    const store = new StaleStore(true);
    await store.put("object", BYTES);
    await store.put("dir/object", BYTES);
    for (const chunkSize of [10, 1000]) {
      for (const through of [store, observe(store, () => {}), new PrefixStore(store, "dir/")]) {
        const result = await read(through, { chunkSize });
        if (!result) continue;
        assertEquals([result.verified, Object.keys(result.checksums)], [false, ["crc32c"]]);
        assert(result.unverified?.includes("another program replaced the object"));
      }
    }
    assert(store.asked > 0);
  });

  Deno.test(`${name} refuses bytes that do not fit a checksum which is not stale`, async () => {
    const store = new StaleStore(false);
    await store.put("object", BYTES);
    await assertRejects(() => read(store, { chunkSize: 10 }), ChecksumMismatchError);
    assertEquals(store.asked, 1);
  });
}
