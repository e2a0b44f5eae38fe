import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { QuotaExceededError } from "@lade/core/errors";
import { type NpyArray, readNpy, writeNpy } from "./mod.ts";

Deno.test("npy with zstd: has .zst at its end, is read as if it were not compressed, and only within bounds", async () => {
  await using store = new MemoryStore();
  const array: NpyArray = {
    dtype: "int32",
    shape: [100, 100],
    order: "C",
    data: new Int32Array(10_000).fill(7),
  };
  const written = await writeNpy(store, "a.npy", array, { zstd: { level: 1 } });
  const plain = await writeNpy(store, "b.npy", array);
  assertEquals(written.key, "a.npy.zst");
  assertEquals([written.size, written.crc32c], [plain.size, plain.crc32c]);
  assert(written.stored.size < 1000);
  assertEquals(await readNpy(store, "a.npy.zst", { crc32c: plain.crc32c }), array);
  assertEquals((await readNpy(store, "a.npy.zst", { rows: { from: 99 } })).shape, [1, 100]);
  const size = written.size;
  assertEquals((await readNpy(store, "a.npy.zst", { maxSize: size })).shape, [100, 100]);
  await assertRejects(
    () => readNpy(store, "a.npy.zst", { maxSize: size - 1 }),
    QuotaExceededError,
    "raise maxSize",
  );
});

Deno.test("readNpy() with a checksum of what zstd compressed finds any byte that is changed, wherever it is cut", async () => {
  await using store = new MemoryStore();
  const array: NpyArray = {
    dtype: "float32",
    shape: [2, 3],
    order: "C",
    data: Float32Array.of(0, 1, 2, 3, 4, 5),
  };
  const { key, crc32c } = await writeNpy(store, "a.npy", array, { zstd: true });
  const { bytes } = await getBytes(store, key);
  let told = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const other of [bytes.with(at, 0x10 ^ (bytes[at] ?? 0)), bytes.subarray(0, at)]) {
      await store.put(key, other);
      // What zstd does not mind is the same array.
      const read = await readNpy(store, key, { crc32c }).catch((error) => {
        assert(error instanceof Error && "code" in error, String(error));
        told++;
        return array;
      });
      assertEquals(read, array);
    }
  }
  assert(told > 1.8 * bytes.length, `${told} of ${bytes.length}`);
});
