import { assertEquals, assertStrictEquals } from "@std/assert";
import { type Permit, ThrottledError } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import type { MultipartUpload, SentPart } from "./multipart_upload.ts";
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
  const upload = {
    sendPart: async (): Promise<SentPart> => {
      tries.push(clock.monotonicMs() - startMs);
      await clock.sleep(tookMs);
      throw error;
    },
  } as unknown as MultipartUpload;
  const permit: Permit = { done: () => {} };
  const limit = { acquire: () => Promise.resolve(permit) } as unknown as PartSending["limit"];
  let outcome: unknown;
  const signal = new AbortController().signal;
  const sending = sendPart({ upload, limit, clock, bounds: BOUNDS }, 1, new Uint8Array(1), signal)
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
