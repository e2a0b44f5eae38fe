import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createStoreContext, ThrottledError } from "@lade/core";
import { createTransport, type CreateTransportOptions } from "@lade/service/http";
import { openS3Store, type S3Options } from "@lade/s3";
import { noise } from "./noise.ts";
import { fakeConfig, openFake } from "./open_fake.ts";

const PROFILE = "[default]\nmax_attempts = 5\n";

/** What a store asks of its transport, and how it reads, by a configuration, an environment and a profile. */
async function boundsOf(config: S3Options, env: Record<string, string> = {}, profile = "") {
  let asked: CreateTransportOptions = {};
  await using store = await openS3Store("bucket", {
    config: { anonymous: true, ...config },
    context: createStoreContext(),
    surroundings: {
      env: (name) => ({ HOME: "/home", ...env })[name],
      readFile: (path) => Promise.resolve(path.endsWith("/config") ? profile : undefined),
      transport: (given) => createTransport(asked = given, {}),
    },
  });
  const { connectTimeoutMs, firstByteTimeoutMs, stallTimeoutMs, retry } = asked;
  const { patienceMs, maxRetryAfterMs } = store.readHints;
  return { connectTimeoutMs, firstByteTimeoutMs, stallTimeoutMs, retry, patienceMs, maxRetryAfterMs };
}

const OWN = {
  connectTimeoutMs: 1_000,
  firstByteTimeoutMs: 2_000,
  stallTimeoutMs: 3_000,
  patienceMs: 4_000,
  maxRetryAfterMs: 5_000,
};

Deno.test("every bound that can be set goes to the transport and the reads, from options and from the environment", async () => {
  const { patienceMs, maxRetryAfterMs, ...others } = OWN;
  const expected = { ...OWN, ...others, retry: { maxAttempts: 2, totalMs: patienceMs, maxRetryAfterMs } };
  assertEquals(await boundsOf({ ...OWN, maxAttempts: 2 }), expected);
  const env = {
    AWS_MAX_ATTEMPTS: "2",
    LADE_CONNECT_TIMEOUT: "1000ms",
    LADE_FIRST_BYTE_TIMEOUT: "2s",
    LADE_STALL_TIMEOUT: "3000",
    LADE_PATIENCE: "4s",
    LADE_MAX_RETRY_AFTER: "5s",
  };
  assertEquals(await boundsOf({}, env), expected);
  assertEquals((await boundsOf({ maxAttempts: 9 }, env, PROFILE)).retry?.maxAttempts, 9);
  assertEquals((await boundsOf({}, {}, PROFILE)).retry?.maxAttempts, 5);
  assertEquals((await boundsOf({})).retry?.maxAttempts, undefined);
});

Deno.test("a bound that can not be is refused by its name and place", async () => {
  for (
    const [config, env, words] of [
      [{ maxAttempts: 0 }, {}, "maxAttempts has to be"],
      [{ patienceMs: -1 }, {}, "patienceMs has to be"],
      [{}, { AWS_MAX_ATTEMPTS: "many" }, "AWS_MAX_ATTEMPTS"],
      [{}, { LADE_STALL_TIMEOUT: "soon" }, "LADE_STALL_TIMEOUT"],
    ] as const
  ) {
    const error = await assertRejects(() => boundsOf(config, env), TypeError);
    assertStringIncludes(error.message, words);
  }
});

Deno.test("AWS_MAX_ATTEMPTS=1 tries nothing again, also in the middle of a transfer", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  await using store = await openS3Store("bucket", {
    config: fakeConfig(fake),
    surroundings: {
      env: (name) => name === "AWS_MAX_ATTEMPTS" ? "1" : undefined,
      readFile: () => Promise.resolve(undefined),
    },
  });
  await store.put("object", noise(10));
  const storm = fake.faults.add({ match: { times: Infinity }, action: { kind: "status", status: 503 } });
  await assertRejects(() => store.head("object"), ThrottledError);
  assertEquals(storm.hits, 1);
});
