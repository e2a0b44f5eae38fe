import { assertEquals, assertStrictEquals } from "@std/assert";
import { UnavailableError } from "../errors/errors.ts";
import { FakeClock } from "@lade/testing";
import { Patience } from "./patience.ts";

const clock = new FakeClock();

function fail(times: { readonly waitedMs?: number; readonly retryAfterMs?: number } = {}): UnavailableError {
  return new UnavailableError({ operation: "get", uri: "memory://m/k", detail: "gone", ...times });
}

function make(): Patience {
  return new Patience({ clock, limitMs: 75_000, maxRetryAfterMs: 60_000, uri: "memory://m/k" });
}

Deno.test("Patience counts from the last byte, over all tries", async () => {
  const patience = make();
  assertEquals(patience.judge(fail({ waitedMs: 30_000 }), true), { leftMs: 45_000 });
  await clock.advance(15_000);
  assertEquals(patience.judge(fail(), false), { leftMs: 30_000 });
  await clock.advance(30_000);
  const told = patience.judge(fail({ waitedMs: 10_000 }), false);
  assertEquals("end" in told && told.end.message, 'Cannot get "memory://m/k": no byte came for 75 s; gone');
  assertEquals("end" in told && told.end.waitedMs, 75_000);
  assertEquals(patience.judge(fail(), true), { leftMs: 75_000 });
});

Deno.test("Patience ends where another wait like the last one would take too long", () => {
  const patience = make();
  assertEquals("end" in patience.judge(fail({ waitedMs: 37_600 }), false), true);
  assertEquals(make().judge(fail({ waitedMs: 37_500 }), false), { leftMs: 37_500 });
});

Deno.test("Patience waits for no longer than it is ready to, whatever the service asks for", () => {
  const tooLong = fail({ retryAfterMs: 60_001 });
  const told = make().judge(tooLong, true);
  assertStrictEquals("end" in told && told.end, tooLong);
  assertEquals(make().judge(fail({ retryAfterMs: 60_000 }), true), { leftMs: 75_000 });
  const patience = make();
  patience.judge(fail({ waitedMs: 30_000 }), true);
  assertEquals("end" in patience.judge(fail({ retryAfterMs: 45_001 }), false), true);
});

Deno.test("Patience ends a try when the time is over, from the first failure on", async () => {
  const patience = make();
  const reason = new Error("stop");
  const stopped = AbortSignal.abort(reason);
  assertStrictEquals(await patience.within(stopped, (signal) => Promise.resolve(signal)), stopped);
  patience.judge(fail({ waitedMs: 30_000 }), true);
  const running = patience.within(
    new AbortController().signal,
    (signal) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  );
  const failed = running.catch((error: unknown) => error as UnavailableError);
  await clock.advance(44_999);
  assertEquals(clock.pending, 1);
  await clock.advance(1);
  const error = await failed;
  assertEquals(error instanceof UnavailableError && error.waitedMs, 75_000);
  assertEquals(clock.pending, 0);
});
