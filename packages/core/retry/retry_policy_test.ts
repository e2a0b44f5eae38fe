import { assertEquals, assertThrows } from "@std/assert";
import { backoffDelayMs, completeRetryPolicy, defaultRetryPolicy } from "./retry_policy.ts";

Deno.test("backoffDelayMs() stays under the cap for any number of tries", () => {
  assertEquals(backoffDelayMs(defaultRetryPolicy, 5_000, () => 1), defaultRetryPolicy.maxDelayMs);
  assertEquals(backoffDelayMs(defaultRetryPolicy, 1, () => 0), 0);
});

Deno.test("completeRetryPolicy() fills in the defaults", () => {
  assertEquals(completeRetryPolicy(), defaultRetryPolicy);
  assertEquals(completeRetryPolicy({ maxAttempts: 1 }), {
    ...defaultRetryPolicy,
    maxAttempts: 1,
    awayAttempts: 1,
  });
  assertEquals(completeRetryPolicy({ maxAttempts: 1, awayAttempts: 9 }).awayAttempts, 9);
  assertEquals(completeRetryPolicy({ totalMs: 1 }).awayAttempts, defaultRetryPolicy.awayAttempts);
});

Deno.test("completeRetryPolicy() refuses numbers that make no sense", () => {
  for (const policy of [{ maxAttempts: 0 }, { maxAttempts: 1.5 }, { baseDelayMs: -1 }, { totalMs: NaN }]) {
    assertThrows(() => completeRetryPolicy(policy), RangeError, "Cannot retry with");
  }
});

Deno.test("completeRetryPolicy() refuses a setting it does not know", () => {
  assertThrows(
    () => completeRetryPolicy({ maxTries: 3 } as object),
    TypeError,
    'Cannot retry: there is no setting "maxTries"',
  );
});
