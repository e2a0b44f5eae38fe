import { assertEquals, assertThrows } from "@std/assert";
import { RetryBudget } from "./retry_budget.ts";

Deno.test("RetryBudget allows a hundred retries in a row and then none", () => {
  const budget = new RetryBudget();
  const taken = Array.from({ length: 101 }, () => budget.tryTake());
  assertEquals(taken.filter(Boolean).length, 100);
  assertEquals([taken.at(-1), budget.tokens], [false, 0]);
});

Deno.test("RetryBudget is refilled by successes, up to its capacity", () => {
  const budget = new RetryBudget(10);
  budget.tryTake(10);
  for (let i = 0; i < 4; i++) budget.succeed();
  assertEquals([budget.tokens, budget.tryTake()], [4, false]);
  budget.succeed(5);
  assertEquals(budget.tokens, 9);
  budget.succeed(5);
  assertEquals(budget.tokens, 10);
});

Deno.test("RetryBudget refuses a capacity that is no number", () => {
  assertThrows(() => new RetryBudget(NaN), RangeError, "Cannot make a retry budget of NaN");
});
