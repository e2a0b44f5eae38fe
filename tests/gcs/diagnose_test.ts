import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { Check } from "@lade/core";
import { type GcsOptions, gcsProvider } from "@lade/gcs";
import { createTransport } from "@lade/service/http";
import { type FakeGcs, type FakeGcsOptions, startFakeGcs } from "../fakes/gcs/mod.ts";

/** A service with a bucket that holds two objects under `data/`. */
async function start(options: FakeGcsOptions = {}): Promise<FakeGcs> {
  const fake = await startFakeGcs({ buckets: ["photos"], ...options });
  fake.putObject("photos", "data/x", "hello");
  fake.putSynthetic("photos", "data/y", { size: 2 ** 21 });
  return fake;
}

async function examine(
  fake: FakeGcs,
  config: GcsOptions = {},
  { key = "", ...options }: { readonly key?: string; readonly write?: boolean } = {},
): Promise<Check[]> {
  const accessToken = fake.issueToken();
  const provider = gcsProvider({
    env: () => undefined,
    transport: (given) => createTransport(given, {}),
  });
  const checks = await Array.fromAsync(
    provider.diagnose?.({ container: "photos", key }, {
      config: { endpoint: fake.url, accessToken, patienceMs: 5_000, ...config },
      ...options,
      ...{ maxBytes: 2 ** 21, measureMs: 1_000 },
    }) ?? [],
  );
  assertFalse(JSON.stringify(checks).includes(accessToken), "a secret was told");
  return checks;
}

function outcomes(checks: readonly Check[]): string {
  return checks.map(({ name, outcome }) => outcome === "ok" ? name : `${name}:${outcome}`).join(" ");
}

function named(checks: readonly Check[], name: string): Check {
  const found = checks.find((check) => check.name === name);
  assert(found, `no check of ${name} among ${outcomes(checks)}`);
  return found;
}

Deno.test("diagnose() without write reads only, and tells who asks, where, and what the bucket is", async () => {
  await using fake = await start({ settings: { versioning: true, location: "EUROPE-WEST3" } });
  const checks = await examine(fake, {}, { key: "data" });
  assertEquals(
    outcomes(checks),
    "credentials endpoint bucket settings clock list head get latency download",
  );
  assertEquals(
    named(checks, "bucket").detail,
    "EUROPE-WEST3, STANDARD, each write keeps the version before, keeps deleted objects for 7 days",
  );
  assertStringIncludes(named(checks, "endpoint").detail, `${fake.url}, as given by option`);
  assertEquals(named(checks, "list").facts?.["objects"], 2);
  const methods = new Set(fake.requests.map(({ method }) => method));
  assertEquals([...methods].filter((method) => method !== "GET" && method !== "HEAD"), []);
});

Deno.test("diagnose() with write tries what is written, and leaves nothing", async () => {
  await using fake = await start({ settings: { hierarchical: true, softDeleteMs: 0 } });
  const checks = await examine(fake, {}, { write: true });
  assertEquals(checks.filter(({ name, outcome }) => outcome === "failed" || name === "parts"), []);
  assertStringIncludes(named(checks, "bucket").detail, "no soft delete, hierarchical namespace");
  assertStringIncludes(named(checks, "put").detail, "the service compared its CRC-32C and keeps it");
  assertEquals(fake.objects("photos").map(({ name }) => name), ["data/x", "data/y"]);
});

Deno.test("diagnose() says where large objects go one request after another", async () => {
  await using fake = await start({ refusesParts: true });
  const checks = await examine(fake, { threshold: 2 ** 18 }, { write: true });
  assertEquals(checks.filter(({ outcome }) => outcome === "failed"), []);
  assertStringIncludes(named(checks, "parts").detail, "the endpoint takes no parts side by side");
});

Deno.test("diagnose() goes on where the bucket's settings are not for who asks to know", async () => {
  await using fake = await start();
  fake.faults.add({
    match: { operation: "buckets.get" },
    action: { kind: "status", status: 403 },
  });
  const checks = await examine(fake, {}, { key: "data" });
  const { outcome, detail } = named(checks, "bucket");
  assertEquals(outcome, "skipped");
  assertStringIncludes(detail, "storage.buckets.get");
  assertEquals(named(checks, "get").outcome, "ok");
});

Deno.test("diagnose() blames what is wrong, and says what to do", async () => {
  await using fake = await start();
  const checks = await examine(fake, { accessToken: "nobody's" });
  const failed = checks.find(({ outcome }) => outcome === "failed");
  assert(failed, outcomes(checks));
  assertStringIncludes(failed.detail, "token");
});
