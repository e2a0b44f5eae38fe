import { assert, assertEquals } from "@std/assert";
import { ByteBudget } from "@lade/core/backend";
import { FrameBuffers } from "./frame_buffers.ts";

const KIB = 2 ** 10;

Deno.test("FrameBuffers starts small and grows to the frame size, as the budget sees", () => {
  const budget = new ByteBudget(2 ** 20);
  const buffers = new FrameBuffers({ frameSize: 300 * KIB, most: 2, budget });
  let buffer = buffers.take();
  assert(buffer);
  buffer.bytes.fill(7);
  const sizes = [buffer.bytes.length];
  while (buffer.bytes.length < 300 * KIB) {
    buffer = buffers.grow(buffer);
    sizes.push(buffer.bytes.length);
    assertEquals(budget.held, buffer.bytes.length);
  }
  assertEquals(sizes, [64 * KIB, 256 * KIB, 300 * KIB]);
  assertEquals(buffer.bytes[64 * KIB - 1], 7);
  buffers.dispose();
  assertEquals(budget.held, 0);
});

Deno.test("FrameBuffers lends no more than its number, and lends again what comes back", () => {
  const buffers = new FrameBuffers({ frameSize: 64 * KIB, most: 2, budget: undefined });
  const first = buffers.take();
  const second = buffers.take();
  assert(first && second);
  assertEquals(buffers.take(), undefined);
  buffers.giveBack(second);
  assertEquals(buffers.take(), second);
});

Deno.test("FrameBuffers has one buffer on a full budget, and another when there is room", () => {
  const budget = new ByteBudget(100 * KIB);
  const other = budget.overdraw(100 * KIB);
  const buffers = new FrameBuffers({ frameSize: 64 * KIB, most: 3, budget });
  const first = buffers.take();
  assert(first);
  assertEquals(buffers.take(), undefined);
  other.release();
  assertEquals(buffers.take(), undefined);
  buffers.dispose();
  assertEquals(budget.held, 0);
  buffers.giveBack(first);
  assertEquals(budget.held, 0);
});
