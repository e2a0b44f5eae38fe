import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { withGrace } from "./with_grace.ts";

/** Waits for its signal. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

Deno.test("withGrace() gives its time after the signal, then ends with its reason", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const running = withGrace(clock, 1000, controller.signal, hang);
  await clock.advance(60_000);
  const reason = new Error("stop");
  controller.abort(reason);
  await clock.advance(999);
  assertEquals(clock.pending, 1);
  await Promise.all([assertRejects(() => running, Error, "stop"), clock.advance(1)]);
  const late = withGrace(clock, 1000, controller.signal, hang);
  await Promise.all([assertRejects(() => late, Error, "stop"), clock.advance(1000)]);
});

Deno.test("withGrace() sets no bound as long as nobody gives up, and leaves no timer behind", async () => {
  const clock = new FakeClock();
  for (const signal of [undefined, new AbortController().signal]) {
    const slow = withGrace(clock, 1000, signal, (late) => clock.sleep(3_600_000, late).then(() => 5));
    await clock.runAll();
    assertEquals([await slow, clock.pending], [5, 0]);
  }
});

Deno.test("withGrace() listens to its signal no longer than it runs", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => (
    listeners++, addEventListener.apply(signal, args as never)
  );
  signal.removeEventListener = (...args: unknown[]) => (
    listeners--, removeEventListener.apply(signal, args as never)
  );
  assertEquals(await withGrace(new FakeClock(), 1000, signal, () => Promise.resolve(listeners)), 1);
  assertEquals(listeners, 0);
});
