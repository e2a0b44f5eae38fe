import { copyObject, createStoreContext, MemoryStore } from "@lade/core";
import { injectFaults } from "@lade/testing";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { openDirectStore, openFileStore } from "./mod.ts";
import { makeRoot } from "./testing/make_root.ts";

const MIB = 2 ** 20;

Deno.test("parts of a large file are best shared with the threads that write direct://, and others are not", async () => {
  await using root = await makeRoot();
  for (
    const [open, size, wanted] of [
      [openDirectStore, 64 * MIB, true],
      [openDirectStore, 64 * MIB - 1, false],
      [openFileStore, 64 * MIB, false],
    ] as const
  ) {
    const store = await open(root.path);
    await using writer = await store.createPartWriter("a", size);
    assertEquals(writer.wantsShared?.(), wanted, `${store.uri}, ${size}`);
  }
});

Deno.test("what is copied to direct:// by threads, from shared memory, is the same to the byte", async () => {
  await using root = await makeRoot();
  const context = createStoreContext();
  const size = 96 * MIB + 777;
  const content = new Uint8Array(size);
  for (let at = 0; at < size; at++) content[at] = at * 7 ^ at >> 11;
  // One that has nothing at hand.
  await using from = injectFaults(new MemoryStore({ context }), []);
  await from.put("a", content);
  const leased = context.buffers.leaseShared.bind(context.buffers);
  let shared = 0;
  context.buffers.leaseShared = (bytes) => {
    shared += bytes;
    return leased(bytes);
  };
  const store = await openDirectStore(root.path, { context });
  await copyObject(from, "a", store, "b");
  assert(shared > 4 * MIB, `${shared} bytes were shared`);
  assertEquals(Buffer.compare(Deno.readFileSync(root.file("b")), content), 0);
  assertEquals(context.budget.held, 0);
});
