import { assertEquals, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import type { AdaptiveLimit, Permit } from "../concurrency/adaptive_limit.ts";
import { ThrottledError } from "../errors/errors.ts";
import { type PartSending, sendPart } from "./send_part.ts";

const BOUNDS = { maxRetryAfterMs: 60_000, patienceMs: 75_000 };

/** Sends a part that is throttled each time, after `tookMs`; tells when each try began, and what it ended with. */
async function send(retryAfterMs: number | undefined, tookMs = 0): Promise<readonly [number[], unknown]> {
  const clock = new FakeClock();
  const error = new ThrottledError({
    operation: "write",
    uri: "s3://b/k",
    detail: "slow down",
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  const tries: number[] = [];
  const startMs = clock.monotonicMs();
  const permit: Permit = { moved: () => {}, done: () => {} };
  const sink: PartSending["sink"] = {
    concurrency: { acquire: () => Promise.resolve(permit) } as unknown as AdaptiveLimit,
    bounds: BOUNDS,
    writePart: async () => {
      tries.push(clock.monotonicMs() - startMs);
      await clock.sleep(tookMs);
      throw error;
    },
  };
  let outcome: unknown;
  const signal = new AbortController().signal;
  const part = { index: 0, offset: 0, length: 1 };
  const sending = sendPart({ sink, clock }, part, new Uint8Array(1), signal)
    .then(() => outcome = "sent", (found) => outcome = found);
  while (outcome === undefined) await clock.advance(500);
  await sending;
  return [tries, outcome === error];
}

Deno.test("sendPart() waits as long as the service asks for, within the bound and the patience that is left", async () => {
  assertEquals(await send(30_000), [[0, 30_000, 60_000], true]);
  assertEquals(await send(30_000, 20_000), [[0, 50_000], true]);
  assertEquals(await send(60_001), [[0], true]);
});

Deno.test("sendPart() gives up after a few tries where the service asks for no wait", async () => {
  const [tries, isLast] = await send(undefined);
  assertEquals(tries.length, 6);
  assertStrictEquals(isLast, true);
});

Deno.test("sendPart() waits no longer once its signal is aborted", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sink: PartSending["sink"] = {
    concurrency: { acquire: () => Promise.resolve({ done: () => {} }) } as unknown as AdaptiveLimit,
    bounds: BOUNDS,
    writePart: () =>
      Promise.reject(
        new ThrottledError({
          operation: "write",
          uri: "test://a",
          detail: "slow down",
          retryAfterMs: 30_000,
        }),
      ),
  };
  const part = { index: 0, offset: 0, length: 1 };
  const sending = sendPart({ sink, clock }, part, new Uint8Array(1), controller.signal)
    .then(() => "sent", (reason) => reason);
  await clock.advance(1_000);
  controller.abort("enough");
  assertEquals([await sending, clock.pending], ["enough", 0]);
});
