import { assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "./clock.ts";

Deno.test("systemClock.sleep() resolves after any time, also a fraction of a millisecond or none", async () => {
  for (const durationMs of [2.5, 0.5, 0, -1]) await systemClock.sleep(durationMs);
});

Deno.test("systemClock.sleep() rejects with the reason of its signal, before and while it sleeps", async () => {
  const reason = new Error("enough");
  assertEquals(await assertRejects(() => systemClock.sleep(1e6, AbortSignal.abort(reason))), reason);
  const controller = new AbortController();
  const sleeping = systemClock.sleep(1e6, controller.signal);
  controller.abort(reason);
  assertEquals(await assertRejects(() => sleeping), reason);
});
