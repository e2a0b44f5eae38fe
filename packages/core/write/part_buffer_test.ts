import { assertEquals } from "@std/assert";
import { createStoreContext } from "../context/store_context.ts";
import { counted } from "./fake_sink_test.ts";
import { PartBuffer } from "./part_buffer.ts";

Deno.test("PartBuffer grows with its bytes up to its limit, and gives all of its memory back", () => {
  const context = createStoreContext({ maxBufferedBytes: 1 });
  const limit = 100_000;
  const buffer = PartBuffer.growing(context, limit);
  const first = context.budget.held;
  let length = 0;
  for (const size of [10, 60_000, 20_000, 30_000]) {
    const count = buffer.append(counted(size));
    assertEquals(count, Math.min(size, limit - length));
    length += count;
    assertEquals([buffer.length, buffer.full], [length, length === limit]);
  }
  assertEquals([first < limit, context.budget.held], [true, limit]);
  assertEquals(buffer.bytes.subarray(10, 60_010), counted(60_000));
  buffer.release();
  buffer.release();
  assertEquals(context.budget.held, 0);
});

Deno.test("PartBuffer of full size is had within the budget, or by force", () => {
  const context = createStoreContext({ maxBufferedBytes: 100 });
  const within = PartBuffer.full(context, 80, false);
  assertEquals([within?.limit, PartBuffer.full(context, 80, false)], [80, undefined]);
  const forced = PartBuffer.full(context, 80, true);
  assertEquals(context.budget.held, 160);
  for (const buffer of [within, forced]) buffer?.release();
  assertEquals(context.budget.held, 0);
});
