import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ByteBudget } from "./byte_budget.ts";

Deno.test("ByteBudget grants in the order it was asked, as room comes", async () => {
  const budget = new ByteBudget(10);
  const first = await budget.acquire(8);
  const order: string[] = [];
  const big = budget.acquire(9).then((lease) => (order.push("big"), lease));
  const small = budget.acquire(1).then((lease) => (order.push("small"), lease));
  assertEquals(budget.tryAcquire(1), undefined, "nobody may overtake who waits");
  first.release();
  await big;
  await small;
  assertEquals(order, ["big", "small"]);
  assertEquals(budget.held, 10);
});

Deno.test("ByteBudget grants more than its capacity only when nothing else is held", async () => {
  const budget = new ByteBudget(10);
  const huge = await budget.acquire(100);
  assertEquals(budget.tryAcquire(1), undefined);
  huge.release();
  assertEquals(budget.held, 0);
});

Deno.test("ByteBudget.overdraw() always grants, and is given back like any lease", () => {
  const budget = new ByteBudget(10);
  const a = budget.overdraw(10);
  const b = budget.overdraw(5);
  assertEquals(budget.held, 15);
  a.release();
  a.release();
  assertEquals(budget.held, 5);
  b[Symbol.dispose]();
  assertEquals(budget.held, 0);
});

Deno.test("ByteBudget.acquire() rejects with the signal's reason and lets those behind pass", async () => {
  const budget = new ByteBudget(10);
  await budget.acquire(8);
  const stop = new AbortController();
  const reason = new Error("enough");
  const blocked = budget.acquire(9, stop.signal).catch((error) => error);
  const behind = budget.acquire(2);
  stop.abort(reason);
  assertStrictEquals(await blocked, reason);
  assert(await behind);
  assertStrictEquals(await budget.acquire(1, stop.signal).catch((error) => error), reason);
});

Deno.test("ByteBudget refuses a capacity that is not a positive number of bytes", () => {
  for (const capacity of [0, -1, 1.5, NaN]) assertThrows(() => new ByteBudget(capacity), RangeError);
});

Deno.test("ByteBudget counts what was taken, and how often there was no room", async () => {
  const budget = new ByteBudget(10);
  const first = await budget.acquire(8);
  assertEquals([budget.grants, budget.shortages], [1, 0]);
  assertEquals(budget.tryAcquire(3), undefined);
  const waiting = budget.acquire(3);
  assertEquals([budget.grants, budget.shortages], [1, 2]);
  first.release();
  await waiting;
  budget.overdraw(20);
  assertEquals([budget.grants, budget.shortages], [3, 2]);
});
