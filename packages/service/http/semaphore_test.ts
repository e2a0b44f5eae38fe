import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Semaphore } from "./semaphore.ts";

Deno.test("Semaphore lets so many go on, the others in order, and forgets who gave up", async () => {
  const semaphore = new Semaphore(1);
  const { signal } = new AbortController();
  const reason = new Error("stop");
  assertEquals(semaphore.acquire(signal), undefined);
  const order: number[] = [];
  const second = Promise.resolve(semaphore.acquire(signal)).then(() => order.push(2));
  const giving = new AbortController();
  const third = assertRejects(async () => await semaphore.acquire(giving.signal), Error, "stop");
  const fourth = Promise.resolve(semaphore.acquire(signal)).then(() => order.push(4));
  giving.abort(reason);
  await third;
  semaphore.release();
  await second;
  semaphore.release();
  await fourth;
  assertEquals(order, [2, 4]);
  semaphore.release();
  assertEquals(semaphore.acquire(signal), undefined);
  assertThrows(() => semaphore.acquire(AbortSignal.abort(reason)), Error, "stop");
});
