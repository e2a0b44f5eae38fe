import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { UnavailableError } from "../errors/errors.ts";
import { FakeClock } from "@lade/testing";
import { retry, type RetryOptions } from "./retry.ts";

const unavailable = (retryAfterMs?: number) =>
  new UnavailableError({
    operation: "get",
    uri: "memory://m/k",
    detail: "gone fishing",
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

/** Retries an operation that throws `failures` in turn and then succeeds; tells when each try began. */
async function run(failures: readonly unknown[], options: RetryOptions = {}) {
  const clock = new FakeClock();
  const times: number[] = [];
  const attempts: number[] = [];
  const outcome = retry((attempt) => {
    attempts.push(attempt);
    times.push(clock.monotonicMs());
    const failure = failures[attempt - 1];
    return failure === undefined ? Promise.resolve("done") : Promise.reject(failure);
  }, { clock, random: () => 1, ...options }).then((value) => ({ value }), (error) => ({ error }));
  await clock.runAll();
  return { outcome: await outcome, times, attempts };
}

Deno.test("retry() returns at once what the first try gives", async () => {
  assertEquals(await run([]), { outcome: { value: "done" }, times: [0], attempts: [1] });
});

Deno.test("retry() doubles the bound of the wait and caps it", async () => {
  const { outcome, times } = await run(Array.from({ length: 5 }, () => unavailable()), {
    policy: { baseDelayMs: 100, maxDelayMs: 500 },
  });
  assertEquals(outcome, { value: "done" });
  assertEquals(times, [0, 100, 300, 700, 1_200, 1_700]);
});

Deno.test("retry() waits any part of the bound, by the random source", async () => {
  const { times } = await run([unavailable(), unavailable()], { random: () => 0.25 });
  assertEquals(times, [0, 25, 75]);
});

Deno.test("retry() rejects with the last failure after maxAttempts tries", async () => {
  const failures = [unavailable(), unavailable(), unavailable()];
  const { outcome, attempts } = await run(failures, { policy: { maxAttempts: 3 } });
  assertEquals(attempts, [1, 2, 3]);
  assertStrictEquals("error" in outcome && outcome.error, failures[2]);
});

Deno.test("retry() begins no try after totalMs", async () => {
  const { outcome, times } = await run(Array.from({ length: 9 }, () => unavailable()), {
    policy: { maxAttempts: 10, baseDelayMs: 1_000, maxDelayMs: 1_000, totalMs: 3_000 },
  });
  assertEquals(times, [0, 1_000, 2_000, 3_000]);
  assertEquals("error" in outcome, true);
});

Deno.test("retry() waits as long as the failure asks for, and gives up when that is too long", async () => {
  assertEquals((await run([unavailable(2_000)])).times, [0, 2_000]);
  const { outcome, times } = await run([unavailable(61_000)]);
  assertEquals([times, "error" in outcome], [[0], true]);
});

Deno.test("retry() does not repeat a final failure", async () => {
  for (const failure of [new TypeError("wrong"), "text", null]) {
    const { outcome, attempts } = await run([failure]);
    assertEquals([attempts, "error" in outcome && outcome.error], [[1], failure]);
  }
  const { attempts } = await run([new TypeError("wrong")], { isRetryable: () => true });
  assertEquals(attempts, [1, 2]);
});

Deno.test("retry() rejects with the signal's reason, before a try and while it waits", async () => {
  const reason = new Error("enough");
  let tries = 0;
  const fail = () => {
    tries++;
    return Promise.reject(unavailable());
  };
  assertEquals(await assertRejects(() => retry(fail, { signal: AbortSignal.abort(reason) })), reason);
  assertEquals(tries, 0);
  const clock = new FakeClock();
  const controller = new AbortController();
  const waiting = retry(fail, { clock, signal: controller.signal, random: () => 1 });
  await clock.advance(50);
  controller.abort(reason);
  assertEquals(await assertRejects(() => waiting), reason);
  assertEquals([tries, clock.pending], [1, 0]);
});

Deno.test("retry() rejects with the signal's reason when the try fails because of it", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const failing = retry(() => {
    controller.abort(reason);
    return Promise.reject(unavailable());
  }, { signal: controller.signal });
  assertEquals(await assertRejects(() => failing), reason);
});

Deno.test("retry() takes a failure that asks for a longer wait than the policy allows for final", async () => {
  const failure = unavailable(1_001);
  const { outcome, attempts } = await run([failure], { policy: { maxRetryAfterMs: 1_000 } });
  assertStrictEquals("error" in outcome && outcome.error, failure);
  assertEquals(attempts, [1]);
});
