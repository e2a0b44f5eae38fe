import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";

Deno.test("FakeClock stands still until it is moved", async () => {
  const clock = new FakeClock({ now: 1000 });
  assertEquals([clock.now(), clock.monotonicMs()], [1000, 0]);
  await clock.advance(250);
  assertEquals([clock.now(), clock.monotonicMs()], [1250, 250]);
});

Deno.test("FakeClock.advance() wakes sleepers in the order of their times and no others", async () => {
  const clock = new FakeClock();
  const woken: string[] = [];
  for (const [name, ms] of [["c", 30], ["a", 10], ["b", 20], ["later", 31]] as const) {
    void clock.sleep(ms).then(() => woken.push(`${name}@${clock.monotonicMs()}`));
  }
  assertEquals(clock.pending, 4);
  await clock.advance(30);
  assertEquals(woken, ["a@10", "b@20", "c@30"]);
  assertEquals(clock.pending, 1);
  await clock.runAll();
  assertEquals([woken.at(-1), clock.pending], ["later@31", 0]);
});

Deno.test("FakeClock.advance() lets a woken sleeper sleep again at its own time", async () => {
  const clock = new FakeClock();
  const ticks: number[] = [];
  const ticking = (async () => {
    for (let i = 0; i < 5; i++) {
      await clock.sleep(100);
      ticks.push(clock.monotonicMs());
    }
  })();
  await clock.advance(250);
  assertEquals(ticks, [100, 200]);
  await clock.runAll();
  await ticking;
  assertEquals(ticks, [100, 200, 300, 400, 500]);
});

Deno.test("FakeClock.sleep() rejects with the signal's reason and forgets the sleeper", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleeping = clock.sleep(10, controller.signal);
  const reason = new Error("stop");
  controller.abort(reason);
  assertEquals(await assertRejects(() => sleeping), reason);
  assertEquals(await assertRejects(() => clock.sleep(10, controller.signal)), reason);
  assertEquals(clock.pending, 0);
});

Deno.test("FakeClock.sleep() of nothing ends at once", async () => {
  const clock = new FakeClock();
  await clock.sleep(0);
  await clock.sleep(-1);
  assertEquals(clock.pending, 0);
});

Deno.test("FakeClock.advanceUntil() moves in steps until a condition holds, and gives up one that never does", async () => {
  const clock = new FakeClock();
  let awake = false;
  void clock.sleep(95).then(() => awake = true);
  await clock.advanceUntil(10, () => awake);
  assertEquals(clock.monotonicMs(), 100);
  await clock.advanceUntil(10, () => true);
  assertEquals(clock.monotonicMs(), 100);
  clock.advance = () => Promise.resolve();
  await assertRejects(
    () => clock.advanceUntil(10, () => false),
    Error,
    "20000 times in vain until",
  );
});
