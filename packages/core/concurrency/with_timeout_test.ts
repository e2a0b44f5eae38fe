import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { withTimeout } from "./with_timeout.ts";

Deno.test("withTimeout() ends its work when the time is over, and leaves no timer behind", async () => {
  const clock = new FakeClock();
  const slow = withTimeout(
    clock,
    1000,
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  await Promise.all([assertRejects(() => slow, DOMException, "1000 ms"), clock.advance(1000)]);
  assertEquals(await withTimeout(clock, 1000, () => Promise.resolve(5)), 5);
  assertEquals(clock.pending, 0);
});
