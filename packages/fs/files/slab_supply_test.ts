import { createStoreContext } from "@lade/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { SlabSupply } from "./slab_supply.ts";

const SIZE = 2 ** 16;

Deno.test("SlabSupply.take() grants the first buffer whatever is held, and more only within the budget", async () => {
  const context = createStoreContext({ maxBufferedBytes: SIZE });
  const held = context.budget.overdraw(SIZE);
  const slabs = new SlabSupply(context, SIZE, 4);
  const first = await slabs.take();
  assertEquals(context.budget.held, 2 * SIZE);
  const second = slabs.take();
  slabs.give(first);
  assertStrictEquals(await second, first, "one that is given back goes to who waits");
  slabs.give(first);
  slabs.release();
  assertEquals(context.budget.held, SIZE);
  held.release();
});

Deno.test("SlabSupply.take() makes no more buffers than it may", async () => {
  const context = createStoreContext();
  const slabs = new SlabSupply(context, SIZE, 2);
  const taken = [await slabs.take(), await slabs.take()];
  const third = slabs.take();
  assertEquals(context.budget.held, 2 * SIZE);
  for (const slab of taken) slabs.give(slab);
  assertStrictEquals(await third, taken[0]);
  slabs.give(await third);
  slabs.release();
  assertEquals(context.budget.held, 0);
  assertEquals(context.buffers.idleBytes, 2 * SIZE);
});
