import { assertEquals, assertRejects } from "@std/assert";
import { KeyMutex } from "./key_mutex.ts";

Deno.test("KeyMutex.acquire() lets one in at a time, in order, and other keys beside", async () => {
  const mutex = new KeyMutex();
  const order: string[] = [];
  const first = await mutex.acquire("a");
  const waiting = ["b", "c"].map(async (name) => {
    using _turn = await mutex.acquire("a");
    order.push(name);
    await Promise.resolve();
    order.push(`${name} done`);
  });
  using _other = await mutex.acquire("other");
  assertEquals(order, []);
  first[Symbol.dispose]();
  await Promise.all(waiting);
  assertEquals(order, ["b", "b done", "c", "c done"]);
});

Deno.test("KeyMutex.acquire() gives up with its signal, and the next one comes in", async () => {
  const mutex = new KeyMutex();
  const controller = new AbortController();
  const first = await mutex.acquire("a");
  const aborted = mutex.acquire("a", controller.signal);
  const next = mutex.acquire("a");
  controller.abort(new Error("stop"));
  await assertRejects(() => aborted, Error, "stop");
  first[Symbol.dispose]();
  (await next)[Symbol.dispose]();
  await assertRejects(() => mutex.acquire("a", controller.signal), Error, "stop");
  (await mutex.acquire("a"))[Symbol.dispose]();
});
