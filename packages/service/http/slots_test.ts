import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Slots } from "./slots.ts";

Deno.test("Slots lets so many go on, the others in order, and forgets who gave up", async () => {
  const slots = new Slots(1);
  const { signal } = new AbortController();
  const reason = new Error("stop");
  assertEquals(slots.acquire(signal), undefined);
  const order: number[] = [];
  const second = Promise.resolve(slots.acquire(signal)).then(() => order.push(2));
  const giving = new AbortController();
  const third = assertRejects(async () => await slots.acquire(giving.signal), Error, "stop");
  const fourth = Promise.resolve(slots.acquire(signal)).then(() => order.push(4));
  giving.abort(reason);
  await third;
  slots.release();
  await second;
  slots.release();
  await fourth;
  assertEquals(order, [2, 4]);
  slots.release();
  assertEquals(slots.acquire(signal), undefined);
  assertThrows(() => slots.acquire(AbortSignal.abort(reason)), Error, "stop");
});
