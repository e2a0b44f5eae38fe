import { assertEquals } from "@std/assert";
import { RetryBudget } from "@lade/core/retry";
import { FakeClock } from "@lade/testing";
import { type FailedTry, Retries } from "./retries.ts";
import { completeTransportOptions } from "./transport_config.ts";
import { TransportError, type TransportErrorOptions } from "./transport_error.ts";
import type { TransportOptions } from "./transport_options.ts";

const ENDPOINT = "http://service:80";

/** What decides on further tries at an endpoint that is in the given state. */
function make(state: "new" | "known" | "lost", options: TransportOptions = {}) {
  const clock = new FakeClock();
  const config = completeTransportOptions({ clock, random: () => 1, ...options });
  if (state !== "new") config.health.answered(ENDPOINT, clock.monotonicMs());
  if (state === "lost") config.health.lost(ENDPOINT);
  const begin = (idempotent = true) => {
    const retries = new Retries(config, idempotent);
    retries.attempts = 1;
    return retries;
  };
  return { clock, config, begin };
}

function failed(cause: Partial<TransportErrorOptions> | number, askedMs = 0): FailedTry {
  if (typeof cause === "number") return { cause, askedMs, endpoint: ENDPOINT };
  const options = { kind: "reset", detail: "gone", endpoint: ENDPOINT, ...cause } as const;
  return { cause: new TransportError(options), askedMs, endpoint: ENDPOINT };
}

Deno.test("Retries waits as long as a service asks for, within the bound and the patience that is left", async () => {
  for (const state of ["new", "known"] as const) {
    const { begin, clock } = make(state);
    const retries = begin();
    assertEquals(retries.nextDelayMs(failed(503, 60_000), true), 60_000);
    assertEquals(retries.nextDelayMs(failed(503, 60_001), true), undefined);
    await clock.advance(40_000);
    assertEquals(retries.nextDelayMs(failed(503, 35_000), true), 35_000);
    assertEquals(retries.nextDelayMs(failed(503, 35_001), true), undefined);
    await clock.advance(35_000);
    assertEquals(retries.nextDelayMs(failed(503), true), undefined);
  }
});

Deno.test("Retries makes no try after a stall that another one like it would not leave time for", () => {
  for (const [waitedMs, delayMs] of [[74_999, 100], [75_000, undefined]] as const) {
    assertEquals(make("known").begin().nextDelayMs(failed({ kind: "stall", waitedMs }), true), delayMs);
  }
});

Deno.test("Retries bounds the wait for each answer by the patience, once a try has failed", async () => {
  const { begin, clock } = make("known");
  const retries = begin();
  assertEquals(retries.firstByteMs(60_000), 60_000);
  await clock.advance(30_000);
  assertEquals(retries.firstByteMs(60_000), 60_000);
  retries.nextDelayMs(failed({ kind: "first-byte-timeout" }), true);
  assertEquals(retries.firstByteMs(60_000), 45_000);
  assertEquals(retries.firstByteMs(900_000), 900_000, "what takes long by nature");
  await clock.advance(40_000);
  assertEquals(retries.firstByteMs(60_000), 15_000, "a last try has time to be answered");
});

Deno.test("Retries asks a service that is away for as long as the patience lasts, and then takes it for lost", async () => {
  for (const cause of [502, 503, 504, 429, { kind: "refused", sent: "none" }] as const) {
    const { begin, clock, config } = make("known");
    const retries = begin();
    retries.attempts = 63;
    assertEquals(retries.nextDelayMs(failed(cause), true), 5_000);
    assertEquals(config.health.of(ENDPOINT).state, "known");
    await clock.advance(75_000);
    assertEquals(retries.nextDelayMs(failed(cause), true), undefined);
    assertEquals(config.health.of(ENDPOINT).state, "lost");
  }
});

Deno.test("Retries asks no more than maxAttempts times while others are answered", async () => {
  const { begin, clock, config } = make("known");
  const retries = begin();
  await clock.advance(1);
  assertEquals(retries.nextDelayMs(failed(502), true), 100);
  await clock.advance(1);
  config.health.answered(ENDPOINT, clock.monotonicMs());
  retries.attempts = 8;
  assertEquals(retries.nextDelayMs(failed(502), true), undefined);
  assertEquals(config.health.of(ENDPOINT).state, "known");
  assertEquals(retries.nextDelayMs(failed(503), true), 5_000, "who asks for fewer requests is waited for");
});

Deno.test("Retries gives up soon what was never reached, and what was waited for in vain before", async () => {
  for (
    const [state, sent, leftMs] of [
      ["new", "none", 6_000],
      ["new", "all", 75_000],
      ["known", "none", 75_000],
      ["lost", "all", 6_000],
    ] as const
  ) {
    const { begin, clock } = make(state);
    const retries = begin();
    await clock.advance(leftMs - 1);
    assertEquals(retries.nextDelayMs(failed({ kind: "refused", sent }), true), 1, `${state} ${sent}`);
    await clock.advance(1);
    assertEquals(retries.nextDelayMs(failed({ kind: "refused", sent }), true), undefined);
  }
});

Deno.test("Retries repeats nothing that the service may have acted on, or whose body cannot be sent again", () => {
  const delay = (idempotent: boolean, cause: FailedTry["cause"] | Partial<TransportErrorOptions>) =>
    make("known").begin(idempotent).nextDelayMs(failed(cause), true);
  assertEquals([delay(false, 503), delay(false, 500)], [100, 100]);
  assertEquals([delay(false, 502), delay(false, 504)], [undefined, undefined]);
  assertEquals([delay(true, 502), delay(true, 504)], [100, 100]);
  assertEquals([delay(false, { sent: "all" }), delay(false, { sent: "partial" })], [undefined, undefined]);
  assertEquals([delay(false, { sent: "none" }), delay(true, { sent: "all" })], [100, 100]);
  assertEquals(make("known").begin().nextDelayMs(failed(503), false), undefined);
});

Deno.test("Retries tries again for a name that has resolved before, and not for one that never has", () => {
  const unresolved = failed({ kind: "dns", sent: "none", retryable: false });
  assertEquals(make("known").begin().nextDelayMs(unresolved, true), 100);
  assertEquals(make("new").begin().nextDelayMs(unresolved, true), undefined);
});

Deno.test("Retries without a token asks a service that is away rarely, and any other no more", () => {
  const retryBudget = new RetryBudget(0);
  assertEquals(make("known", { retryBudget }).begin().nextDelayMs(failed(503), true), 5_000);
  assertEquals(make("known", { retryBudget }).begin().nextDelayMs(failed(500), true), undefined);
  assertEquals(make("new", { retryBudget }).begin().nextDelayMs(failed(503), true), undefined);
});
