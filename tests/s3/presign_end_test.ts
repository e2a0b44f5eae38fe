import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UnauthenticatedError, UnsupportedError } from "@lade/core";
import { FakeClock } from "@lade/testing";
import type { S3Credentials, S3Options } from "@lade/s3";
import { openBucket } from "./open_fake.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";

const MINUTE = 60_000;

/** Presigns for a time by keys that live so long, each time they are asked for. */
async function presigned(
  minutes: number,
  lifeMinutes: number | undefined,
  options: { readonly listens?: boolean; readonly renewable?: boolean } = {},
) {
  const { listens = true, renewable = false } = options;
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const clock = new FakeClock();
  const keys = (): S3Credentials => ({
    accessKeyId: fake.accessKeyId,
    secretAccessKey: fake.secretAccessKey,
    sessionToken: "token",
    ...(lifeMinutes === undefined ? {} : { expiration: new Date(clock.now() + lifeMinutes * MINUTE) }),
  });
  let asked = 0;
  const credentials: S3Options["credentials"] = renewable
    ? () => {
      asked++;
      return Promise.resolve(keys());
    }
    : keys();
  const config = { region: "us-east-1", credentials };
  await using store = await openBucket(fake, { config, context: { clock } });
  if (renewable) {
    await store.presign("k", { expiresInMs: MINUTE });
    await clock.advance(20 * MINUTE);
  }
  const told: (number | undefined)[] = [];
  const onShortened = (end: Date | undefined) => told.push(end && (end.getTime() - clock.now()) / MINUTE);
  const expiresInMs = minutes * MINUTE;
  const url = await store.presign("k", { expiresInMs, ...(listens ? { onShortened } : {}) });
  return { seconds: Number(url.searchParams.get("X-Amz-Expires")), told, asked };
}

Deno.test("presign() tells that a URL ends with its credentials, and the URL tells it too", async () => {
  assertEquals(await presigned(60, 10), { seconds: 600, told: [10], asked: 0 });
  assertEquals(await presigned(10, 60), { seconds: 600, told: [], asked: 0 });
  assertEquals(await presigned(10, 10), { seconds: 600, told: [], asked: 0 });
});

Deno.test("presign() refuses a URL that ends with its credentials where nobody listens", async () => {
  const error = await assertRejects(() => presigned(60, 10, { listens: false }), UnsupportedError);
  assertStringIncludes(error.message, "before the URL would; ask for 600000 ms at most, or give onShortened");
  assertEquals((await presigned(10, 60, { listens: false })).seconds, 600);
  await assertRejects(() => presigned(1, -1), UnauthenticatedError, "which is past");
});

Deno.test("presign() renews credentials that end before the URL would", async () => {
  assertEquals(await presigned(50, 60, { renewable: true }), { seconds: 3_000, told: [], asked: 2 });
  assertEquals(await presigned(90, 60, { renewable: true }), { seconds: 3_600, told: [60], asked: 2 });
  assertEquals(await presigned(30, 60, { renewable: true }), { seconds: 1_800, told: [], asked: 1 });
});

Deno.test("presign() tells that nobody knows the end of temporary credentials, for URLs that may outlive them", async () => {
  assertEquals(await presigned(120, undefined), { seconds: 7_200, told: [undefined], asked: 0 });
  assertEquals(await presigned(15, undefined), { seconds: 900, told: [], asked: 0 });
});
