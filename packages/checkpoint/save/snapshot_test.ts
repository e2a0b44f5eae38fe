import { assertEquals } from "@std/assert";
import { createStoreContext } from "@lade/core";
import type { PlannedPiece } from "./plan_save.ts";
import { takeSnapshot } from "./snapshot.ts";

Deno.test("small parts share the memory of their copies, and large ones have their own", () => {
  const context = createStoreContext();
  let leased = 0;
  const { buffers } = context;
  const counted = {
    ...context,
    buffers: Object.create(buffers, { lease: { value: (size: number) => (leased++, buffers.lease(size)) } }),
  };
  const pieceOf = (name: number, bytes: number): PlannedPiece => ({
    name: `${name}`,
    dtype: "uint8",
    shape: [bytes],
    globalShape: [bytes],
    offsets: [0],
    bytes,
    data: new Uint8Array(bytes).fill(name),
    isFrozen: false,
  });
  const large = 5 * 2 ** 20;
  const files = [[
    pieceOf(0, 0),
    ...Array.from({ length: 1000 }, (_, name) => pieceOf(name % 200, 4)),
    pieceOf(7, large),
  ]];
  const snapshot = takeSnapshot(counted, files, 2 ** 30);
  for (const { data } of files.flat()) (data as Uint8Array).fill(255);
  assertEquals(snapshot.files.flat().map(({ data }) => (data as Uint8Array)[0]), [
    undefined,
    ...Array.from({ length: 1000 }, (_, name) => name % 200),
    7,
  ]);
  assertEquals([leased, snapshot.uncopied.size, context.budget.held], [2, 0, large + 4000]);
  snapshot.releaseAll();
  assertEquals(context.budget.held, 0);
});
