import { assert, assertEquals, assertThrows } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import { BatchMemory } from "./batch_memory.ts";

function memory(maxBytes: number, capacity = 2 ** 20) {
  const { budget } = createStoreContext({ maxBufferedBytes: capacity });
  return { budget, memory: new BatchMemory(budget, maxBytes) };
}

Deno.test("BatchMemory: what is taken counts once, until it is given back or kept, whichever comes first", () => {
  const { budget, memory: batches } = memory(1000);
  const first = batches.take(600);
  assertEquals([batches.held, budget.held, first.bytes.length], [600, 600, 600]);
  assertEquals(batches.tryTake(401), undefined);
  const second = batches.tryTake(400);
  assert(second);
  assertEquals([batches.held, budget.held], [1000, 1000]);
  first.release();
  first.release();
  first.keep();
  assertEquals([first.bytes.length, batches.held, budget.held], [0, 400, 400]);
  second.keep();
  second.release();
  assertEquals([second.bytes.length, batches.held, budget.held], [400, 0, 0]);
});

Deno.test("BatchMemory: a batch larger than all there may be is taken where nothing else is held, and no other", () => {
  const { budget, memory: batches } = memory(50, 100);
  batches.tryTake(51)?.release();
  const overdrawn = batches.take(200);
  assertEquals([overdrawn.bytes.length, budget.held], [200, 200]);
  assertEquals(batches.tryTake(1), undefined);
  overdrawn.release();
  const { budget: small, memory: wide } = memory(1000, 100);
  wide.take(60);
  assertEquals([wide.tryTake(41), wide.held, small.held], [undefined, 60, 60]);
});

Deno.test("BatchMemory: memory that there is not gives back what was counted for it", () => {
  const { budget, memory: batches } = memory(1000);
  assertThrows(() => batches.take(2 ** 52), RangeError, "do not fit into memory");
  assertEquals([batches.held, budget.held], [0, 0]);
});

Deno.test("BatchMemory: views begin at multiples of 64 of their batch, and memory of a like size is used again", () => {
  const { memory: batches } = memory(2 ** 20);
  const first = batches.take(20_000);
  assertEquals(first.bytes.byteOffset, 48);
  first.bytes.fill(7);
  first.release();
  // Too small to be worth the memory that is idle, and too large for it.
  const small = batches.take(1000);
  assertEquals(small.bytes[0], 0);
  const again = batches.take(15_000);
  assertEquals([again.bytes[0], again.bytes.length, again.bytes.byteOffset], [7, 15_000, 48]);
  again.release();
  const larger = batches.take(25_000);
  assertEquals(larger.bytes[0], 0);
  batches.close();
  larger.release();
  assertEquals(batches.take(20_000).bytes[0], 0);
});

Deno.test("BatchMemory: what was given back last is used first", () => {
  const { memory: batches } = memory(2 ** 20);
  const taken = [1, 2, 3].map((mark) => {
    const { bytes, release } = batches.take(10_000);
    bytes.fill(mark);
    return release;
  });
  for (const place of [1, 0, 2]) taken[place]?.();
  assertEquals([1, 2, 3].map(() => batches.take(9000).bytes[0]), [3, 1, 2]);
});
