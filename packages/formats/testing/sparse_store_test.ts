import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, readRanges } from "@lade/core";
import { PreconditionFailedError, RangeNotSatisfiableError } from "@lade/core/errors";
import { byteAt, SparseStore } from "./sparse_store.ts";

const SIZE = 10 * 2 ** 30;

Deno.test("SparseStore: bytes are those of their places, with the pieces laid over, later ones over earlier", async () => {
  const pieces = [
    { offset: SIZE - 4, bytes: Uint8Array.of(1, 2, 3, 4) },
    { offset: SIZE - 3, bytes: Uint8Array.of(9) },
  ];
  await using store = new SparseStore({ k: { size: SIZE, pieces } });
  const { bytes, info } = await getBytes(store, "k", { range: { suffixLength: 6 } });
  assertEquals([...bytes], [byteAt(SIZE - 6), byteAt(SIZE - 5), 1, 9, 3, 4]);
  assertEquals(info.size, SIZE);
  assertEquals(store.ranges, [{ offset: SIZE - 6, length: 6 }]);
  const read = await readRanges(store, "k", [{ offset: 5, length: 2 }, { offset: 2 ** 33, length: 1 }], {
    gap: 0,
  });
  assertEquals(read.bytes.map((each) => [...each]), [[byteAt(5), byteAt(6)], [byteAt(2 ** 33)]]);
  assertEquals([store.ranges.length, store.bytesAsked], [3, 9]);
});

Deno.test("SparseStore: keeps conditions and ends, and has what is written", async () => {
  await using store = new SparseStore({ k: { size: SIZE } });
  await assertRejects(() => store.get("k", { ifMatch: "other" }), PreconditionFailedError);
  await assertRejects(() => store.get("k", { range: { offset: SIZE } }), RangeNotSatisfiableError);
  assertEquals((await store.head("k")).size, SIZE);
  await store.put("l", Uint8Array.of(7));
  assertEquals([...(await getBytes(store, "l")).bytes], [7]);
});
