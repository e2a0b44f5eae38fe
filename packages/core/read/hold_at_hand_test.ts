import { assert, assertEquals, assertThrows } from "@std/assert";
import { createStoreContext } from "../context/store_context.ts";
import { ChecksumMismatchError, NotFoundError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { bytesAtHand, type QuickStore } from "../contract/seams.ts";
import { holdAtHand } from "./hold_at_hand.ts";

const DATA = Uint8Array.of(1, 2, 3);

Deno.test("holdAtHand() lends the bytes of what is at hand, and takes the memory back", async () => {
  const context = createStoreContext();
  const store = new MemoryStore({ context });
  await store.put("a", DATA);
  {
    using held = holdAtHand(store, "a", {});
    assert(held);
    assertEquals([held.bytes, held.info.key, held.read.range], [DATA, "a", { offset: 0, length: 3 }]);
    assertEquals(context.buffers.idleBytes, 0);
  }
  const { idleBytes } = context.buffers;
  assert(idleBytes > 0);
  assertEquals(holdAtHand(store, "a", { chunkSize: 2 }), undefined, "chunks are asked for");
  assertThrows(() => holdAtHand(store, "b", {}), NotFoundError);
  assertEquals(context.buffers.idleBytes, idleBytes);
});

Deno.test("holdAtHand() keeps no memory of bytes that do not fit their checksum, or were not read", () => {
  const context = createStoreContext();
  const info = {
    key: "a",
    size: 3,
    lastModified: new Date(0),
    metadata: {},
    checksums: { crc32c: "AAAAAA==" },
  };
  const store = Object.assign(new MemoryStore({ context }), {
    [bytesAtHand](_key: string, allocate: (length: number) => Uint8Array | undefined) {
      const bytes = allocate(3);
      return bytes && isRead ? { info, range: { offset: 0, length: 3 }, bytes } : undefined;
    },
  } as QuickStore);
  let isRead = true;
  assertThrows(() => holdAtHand(store, "a", {}), ChecksumMismatchError);
  const { idleBytes } = context.buffers;
  assert(idleBytes > 0, "the memory is back");
  isRead = false;
  assertEquals(holdAtHand(store, "a", {}), undefined);
  assertEquals(context.buffers.idleBytes, idleBytes);
});
