import { assertEquals, assertRejects } from "@std/assert";
import { createZstdWriter, getBytes, MemoryStore } from "@lade/core";
import { ChecksumMismatchError, QuotaExceededError } from "@lade/core/errors";
import { assertDamageIsFound } from "../testing/damage.ts";
import { openSource } from "./open_source.ts";

const BYTES = Uint8Array.from({ length: 300_000 }, (_, index) => index >> 4);

async function compressed(): Promise<MemoryStore> {
  const store = new MemoryStore();
  // Several frames, of 128 KiB each.
  await using writer = await createZstdWriter(store, "k", { level: 1, frameSize: 2 ** 17, workers: 1 });
  await writer.write(BYTES);
  await writer.close();
  return store;
}

Deno.test("openSource() opens what zstd frames hold, and any other object as it is", async () => {
  await using store = await compressed();
  const source = await openSource(store, "k.zst");
  assertEquals([source.size, source.uri], [BYTES.length, `${store.uri}/k.zst`]);
  assertEquals(await source.read(200_000, 10), BYTES.slice(200_000, 200_010));
  for (const bytes of [BYTES, Uint8Array.of(0x28, 0xb5, 0x2f), new Uint8Array(0)]) {
    await store.put("plain.zst", bytes);
    const plain = await openSource(store, "plain.zst");
    assertEquals(await plain.read(0, plain.size), bytes);
  }
});

Deno.test("openSource() takes no more memory for what is decompressed than it may", async () => {
  await using store = await compressed();
  assertEquals((await openSource(store, "k.zst", { maxSize: BYTES.length })).size, BYTES.length);
  await assertRejects(
    () => openSource(store, "k.zst", { maxSize: BYTES.length - 1 }),
    QuotaExceededError,
    `more than ${BYTES.length - 1} bytes come of it, which would all be kept in memory; raise maxSize`,
  );
});

Deno.test("openSource() finds damage of frames, and ends with its signal", async () => {
  await using store = await compressed();
  const { bytes: whole } = await getBytes(store, "k.zst");
  await assertDamageIsFound(whole, {
    step: 97,
    read: async (store, key) => {
      const source = await openSource(store, key);
      if (source.size !== BYTES.length) {
        throw new ChecksumMismatchError({ operation: "read", uri: key, detail: "other" });
      }
      assertEquals(await source.read(0, source.size), BYTES);
      throw new ChecksumMismatchError({ operation: "read", uri: key, detail: "as it was" });
    },
  });
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => openSource(store, "k.zst", { signal }), Error, "enough");
});
