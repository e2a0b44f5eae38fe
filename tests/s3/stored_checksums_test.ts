import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ChecksumMismatchError,
  copyObject,
  getBytes,
  getMany,
  getRange,
  MemoryStore,
  readChunks,
  readInto,
  stream,
} from "@lade/core";
import type { Algorithm } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { type OpenedFake, openFake } from "./open_fake.ts";

/** More than one chunk. */
const SIZE = 8 * 2 ** 20 + 2 ** 19;
const QUICK = { context: { random: () => 0 } } as const;
const ALGORITHMS: readonly Algorithm[] = ["crc32c", "crc64nvme", "crc32", "sha1", "sha256", "sha512", "md5"];

const READS: Readonly<Record<string, (opened: OpenedFake, key: string) => Promise<unknown>>> = {
  "getBytes()": ({ store }, key) => getBytes(store, key),
  "readInto()": ({ store }, key) => readInto(store, key, new Uint8Array(SIZE)),
  "stream()": ({ store }, key) => Array.fromAsync(stream(store, key)),
  "readChunks()": async ({ store }, key) => {
    for await (const _ of await readChunks(store, key));
  },
  "getRange() of all": ({ store }, key) => getRange(store, key, 0, SIZE),
  "getMany()": async ({ store }, key) => {
    for await (const result of getMany(store, [key])) if ("error" in result) throw result.error;
  },
  "copyObject()": ({ store }, key) => copyObject(store, key, new MemoryStore(), "copy"),
};

for (const [name, read] of Object.entries(READS)) {
  Deno.test(`${name} compares whatever checksum a service keeps, above one chunk`, async () => {
    await using opened = await openFake(QUICK);
    const { fake } = opened;
    for (const algorithm of ALGORITHMS) {
      fake.putSynthetic("bucket", algorithm, { size: SIZE, checksum: algorithm });
      await read(opened, algorithm);
      for (const nth of [1, 2]) {
        const fault = fake.faults.add({
          match: { operation: "GetObject", nth },
          action: { kind: "flip", atByte: 500 },
        });
        const error = await assertRejects(() => read(opened, algorithm), ChecksumMismatchError);
        assertStringIncludes(error.message, `the bytes have ${algorithm} `);
        fake.faults.remove(fault);
      }
    }
  });
}

Deno.test("getBytes() tells which checksum was compared, above one chunk and after a body that broke off", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  for (const algorithm of ALGORITHMS) {
    fake.putSynthetic("bucket", algorithm, { size: SIZE, checksum: algorithm });
    for (const afterBytes of [1_000_000, 8_000_000]) {
      const fault = fake.faults.add({ action: { kind: "cut", afterBytes, how: "fin" } });
      const { info, checksums, verified, unverified } = await getBytes(store, algorithm);
      assertEquals([checksums[algorithm as "sha1"], verified], [info.checksums?.[algorithm as "sha1"], true]);
      assertEquals(unverified, undefined);
      fake.faults.remove(fault);
    }
  }
});

Deno.test("copyObject() compares a digest that needs order while parts come in any, and holds no more than its parts", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const size = 40 * 2 ** 20;
  fake.putSynthetic("bucket", "object", { size, checksum: "sha256" });
  const before = store.context.budget.held;
  const { read } = await copyObject(store, "object", new MemoryStore(), "copy", {
    chunkSize: 2 ** 20,
    concurrency: 8,
  });
  assertEquals([read?.verified, store.context.budget.held], [false, before]);
  const whole = await copyObject(store, "object", new MemoryStore(), "copy", { concurrency: 8 });
  assertEquals([whole.read?.verified, store.context.budget.held], [true, before]);
});

Deno.test("getBytes() says why nothing was compared, and what would be", async () => {
  await using opened = await openFake({ ...QUICK, config: { multipart: { partSize: 5 } } });
  const { fake, store } = opened;
  fake.putObject("bucket", "plain", "content");
  fake.settings.defaultChecksum = false;
  const reasonOf = async (key: string, options = {}) => {
    const { verified, unverified = "" } = await getBytes(store, key, options);
    assertEquals(verified, false);
    return unverified;
  };
  assertStringIncludes(await reasonOf("plain"), "the store has no checksum of the object");
  assertStringIncludes(
    await reasonOf("plain", { range: { offset: 1 } }),
    "only a part of the object was read",
  );
  assertStringIncludes(await reasonOf("plain", { checksum: "none" }), "checksums are off");
  fake.faults.add({
    match: { operation: "GetObject" },
    action: {
      kind: "headers",
      set: { "x-amz-checksum-sha256": "AAAA-3", "x-amz-checksum-type": "COMPOSITE" },
    },
  });
  assertStringIncludes(await reasonOf("plain"), "of the object's parts only (sha256 AAAA-3)");
  fake.faults.add({ action: { kind: "etag", value: '"d41d8cd98f00b204e9800998ecf8427e-3"' } });
  const etag = await reasonOf("plain");
  assertStringIncludes(etag, "of the object's parts only (md5 d41d8cd98f00b204e9800998ecf8427e-3)");
  await store.put("sum", noise(10));
  assert((await getBytes(store, "sum")).verified);
});
