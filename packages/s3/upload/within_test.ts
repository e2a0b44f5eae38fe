import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/core/testing";
import { within } from "./within.ts";

/** Waits for its signal. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

Deno.test("within() gives its time after the signal, then ends with its reason", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const running = within(clock, 1000, controller.signal, hang);
  await clock.advance(60_000);
  const reason = new Error("stop");
  controller.abort(reason);
  await clock.advance(999);
  assertEquals(clock.pending, 1);
  await Promise.all([assertRejects(() => running, Error, "stop"), clock.advance(1)]);
});

Deno.test("within() counts from its beginning without a signal, and leaves no timer behind", async () => {
  const clock = new FakeClock();
  const slow = within(clock, 1000, undefined, hang);
  await Promise.all([assertRejects(() => slow, DOMException, "1000 ms"), clock.advance(1000)]);
  assertEquals(await within(clock, 1000, undefined, () => Promise.resolve(5)), 5);
  assertEquals(clock.pending, 0);
  const { signal } = new AbortController();
  assertEquals(await within(clock, 1000, signal, () => Promise.resolve(6)), 6);
});
