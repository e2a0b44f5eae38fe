import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { type AzureDiagnoseOptions, type AzureOptions, azureProvider, diagnose } from "@lade/azure";
import type { Check } from "@lade/core";
import { createTransport } from "@lade/service/http";
import { type FakeAzure, type FakeAzureOptions, startFakeAzure } from "../fakes/azure/mod.ts";

/** A server with a container that holds two objects under `data/`. */
async function start(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const fake = await startFakeAzure({ containers: ["photos"], ...options });
  fake.putBlob("photos", "data/x", "hello");
  fake.putSynthetic("photos", "data/y", { size: 2 ** 21 });
  return fake;
}

async function examine(
  fake: FakeAzure,
  config: AzureOptions,
  options: Partial<AzureDiagnoseOptions> & { readonly container?: string } = {},
): Promise<Check[]> {
  const { container = "photos", ...others } = options;
  const surroundings = {
    env: () => undefined,
    transport: (given: Parameters<typeof createTransport>[0]) => createTransport(given, {}),
  };
  const name = `${new URL(fake.url).host}/devstoreaccount1/${container}`;
  const checks = await Array.fromAsync(
    diagnose(name, { config, surroundings, maxBytes: 2 ** 21, measureMs: 1_000, ...others }),
  );
  const told = JSON.stringify(checks);
  for (const secret of [fake.account.keys[0] ?? "", config.sasToken?.replace(/.*sig=/, "") ?? "@"]) {
    assertFalse(told.includes(secret), "a secret was told");
  }
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

Deno.test("diagnose() without write reads only, and tells who asks, where, and what the account is", async () => {
  await using fake = await start({ settings: { softDeleteDays: 7 } });
  const config = { connectionString: fake.connectionString, patienceMs: 5_000 };
  const checks = await examine(fake, config, { prefix: "data" });
  assertEquals(
    outcomes(checks),
    "credentials endpoint account settings clock list head get latency download",
  );
  assertStringIncludes(named(checks, "credentials").detail, 'the key of account "devstoreaccount1"');
  assertStringIncludes(named(checks, "endpoint").detail, `${fake.endpoint()}, as given by option`);
  assertEquals(
    named(checks, "account").detail,
    "StorageV2, Standard_LRS, flat namespace, keeps deleted blobs for 7 days",
  );
  assertStringIncludes(named(checks, "settings").detail, "patienceMs 5000");
  assertEquals(named(checks, "list").facts?.["objects"], 2);
  const methods = new Set(fake.requests.map(({ method }) => method));
  assertEquals([...methods].filter((method) => method !== "GET" && method !== "HEAD"), []);
});

Deno.test("diagnose() with write tries what is written, and leaves nothing", async () => {
  await using fake = await start({ settings: { hierarchical: true } });
  const checks = await examine(fake, { connectionString: fake.connectionString }, { write: true });
  assertEquals(checks.filter(({ outcome }) => outcome === "failed"), []);
  assertStringIncludes(named(checks, "account").detail, "hierarchical namespace, no soft delete");
  assertStringIncludes(named(checks, "put").detail, "the service compared its CRC-64 and keeps its CRC-32C");
  assertEquals(named(checks, "versions").facts, { versions: false });
  assertEquals(fake.blobs("photos").map(({ key }) => key), ["data/x", "data/y"]);
  assertEquals(fake.uncommitted("photos"), 0);
});

Deno.test("diagnose() blames what is wrong, and says what to do", async () => {
  await using fake = await start();
  const other = { account: "devstoreaccount1", endpoint: fake.endpoint() };
  const cases: readonly (readonly [config: AzureOptions, name: string, detail: string])[] = [
    [
      { ...other, accountKey: btoa("another key") },
      "credentials",
      "the signature does not fit the key of account",
    ],
    [
      { ...other, sasToken: fake.accountSas("rl", { lastsMs: -3_600_000 }) },
      "credentials",
      "the shared access signature expired",
    ],
    [{ ...other, sasToken: fake.accountSas("r") }, "list", "lacks the permission to list"],
  ];
  for (const [config, name, detail] of cases) {
    const checks = await examine(fake, config);
    assertEquals(named(checks, name).outcome, "failed", outcomes(checks));
    assertStringIncludes(named(checks, name).detail, detail);
  }
  const gone = await startFakeAzure();
  await gone[Symbol.asyncDispose]();
  const unreached = await examine(gone, { connectionString: gone.connectionString });
  assertEquals([named(unreached, "endpoint").outcome, named(unreached, "calls").outcome], [
    "failed",
    "skipped",
  ]);
  const missing = await examine(fake, { connectionString: fake.connectionString }, { container: "films" });
  assertEquals([named(missing, "container").outcome, named(missing, "calls").outcome], ["failed", "skipped"]);
});

Deno.test("diagnose() names whom a token is of", async () => {
  await using fake = await start();
  const credential = {
    getToken: () => {
      const token = fake.issueToken();
      return Promise.resolve({ token, expiresOnTimestamp: fake.clock() + 3_600_000 });
    },
  };
  const checks = await examine(fake, { endpoint: fake.endpoint(), credential });
  assertStringIncludes(named(checks, "credentials").detail, "the identity of Entra ID");
  assertStringIncludes(named(checks, "credentials").detail, "for another 60 min");
});

Deno.test("azureProvider() examines containers and prefixes", async () => {
  await using fake = await start();
  const provider = azureProvider({ env: () => undefined });
  const location = { container: `${new URL(fake.url).host}/devstoreaccount1/photos`, key: "data/" };
  const stop = new AbortController();
  const names: string[] = [];
  for await (
    const { name } of provider.diagnose?.(location, {
      config: { connectionString: fake.connectionString },
      signal: stop.signal,
    }) ?? []
  ) {
    names.push(name);
    if (name === "list") break;
  }
  assertEquals(names, ["credentials", "endpoint", "account", "settings", "clock", "list"]);
});
