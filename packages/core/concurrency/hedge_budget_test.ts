import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { HedgeBudget } from "./hedge_budget.ts";

/** A budget that has seen so many requests. */
function after(requests: number) {
  const clock = new FakeClock();
  const budget = new HedgeBudget(clock);
  for (let count = 0; count < requests; count++) budget.noteRequest();
  return { budget, clock };
}

/** Takes leave until there is none; each second request is over at once, and has won. */
function takeAll(budget: HedgeBudget): number {
  let taken = 0;
  for (let hedge = budget.tryTake(); hedge; hedge = budget.tryTake(), taken++) hedge.settle(true);
  return taken;
}

Deno.test("HedgeBudget gives leave for one request in twenty, and saves up ten at most", () => {
  for (const [requests, leaves] of [[0, 0], [19, 0], [20, 1], [99, 4], [200, 10], [5_000, 10]] as const) {
    const { budget } = after(requests);
    assertEquals([takeAll(budget), budget.issued, budget.won], [leaves, leaves, leaves], `${requests}`);
  }
});

Deno.test("HedgeBudget never lets second requests be more than 5 % of the others", () => {
  const { budget } = after(0);
  for (let requests = 1; requests <= 10_000; requests++) {
    budget.noteRequest();
    takeAll(budget);
    assertEquals(budget.issued <= requests / 20, true, `${budget.issued} of ${requests}`);
  }
  assertEquals(budget.issued, 500);
});

Deno.test("HedgeBudget allows one second request at a time, one more for each that wins, and one again after a loss", () => {
  const { budget } = after(200);
  const first = budget.tryTake();
  assertEquals(budget.tryTake(), undefined);
  first?.settle(true);
  first?.settle(true);
  const [second, third] = [budget.tryTake(), budget.tryTake()];
  assertEquals([third === undefined, budget.tryTake()], [false, undefined]);
  second?.settle(false);
  assertEquals(budget.tryTake(), undefined, "the third is still in flight");
  third?.settle();
  const fourth = budget.tryTake();
  assertEquals([fourth === undefined, budget.tryTake()], [false, undefined]);
  assertEquals([budget.issued, budget.won], [4, 1]);
});

Deno.test("HedgeBudget allows eight second requests at once at most", () => {
  const { budget } = after(0);
  for (let round = 0; round < 20; round++) {
    for (let count = 0; count < 20; count++) budget.noteRequest();
    budget.tryTake()?.settle(true);
  }
  for (let count = 0; count < 200; count++) budget.noteRequest();
  let open = 0;
  while (budget.tryTake()) open++;
  assertEquals(open, 8);
});

Deno.test("HedgeBudget is shut for ten seconds after a 503, and has nothing saved then", async () => {
  const { budget, clock } = after(200);
  budget.noteThrottled();
  for (let count = 0; count < 25; count++) budget.noteRequest();
  await clock.advance(9_999);
  assertEquals(budget.tryTake(), undefined);
  await clock.advance(1);
  assertEquals(takeAll(budget), 1);
});
