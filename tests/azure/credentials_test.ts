import { createStoreContext, getBytes, PermissionDeniedError, UnauthenticatedError } from "@lade/core";
import { systemClock } from "@lade/core/backend";
import type { BearerToken } from "@lade/service/call";
import { TokenCache } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { openAzureStore } from "@lade/azure";
import { resolveAzureConfig } from "../../packages/azure/config/azure_config.ts";
import type { AzureCredential } from "../../packages/azure/credentials/azure_credential.ts";
import { findCredential } from "../../packages/azure/credentials/find_credential.ts";
import { AzureStore } from "../../packages/azure/store/azure_store.ts";
import { type FakeAzure, startFakeAzure } from "../fakes/azure/mod.ts";

const HOUR = 3_600_000;
const KEYS = ["a", "a b+c%20&=?#", "dir/ä漢😀", "~!*'()", "a//b"];

const bytes = (text: string) => new TextEncoder().encode(text);

/** Opens the container of a fake by a credential. */
function open(
  fake: FakeAzure,
  credential: AzureCredential,
  clock = new FakeClock({ now: fake.clock() }),
): AzureStore {
  const { url, account: { name: account } } = fake;
  const endpoint = { url, account, path: `/${account}` };
  const context = createStoreContext({ clock });
  return new AzureStore("container", {
    endpoint,
    credential,
    context,
    transport: { retry: { maxAttempts: 1 } },
  });
}

const start = () => startFakeAzure({ containers: ["container"] });
const sharedKey = ({ account: { name: account, keys: [key = ""] } }: FakeAzure): AzureCredential => ({
  kind: "sharedKey",
  account,
  key,
});

/** What is found in Entra ID with these variables, of which the fake is all of it. */
function found(
  fake: FakeAzure,
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
) {
  const variables: Record<string, string> = {
    AZURE_STORAGE_ENDPOINT: fake.endpoint(),
    AZURE_AUTHORITY_HOST: fake.url,
    AZURE_POD_IDENTITY_AUTHORITY_HOST: fake.url,
    AZURE_TENANT_ID: fake.tokens.tenantId,
    AZURE_TOKEN_CREDENTIALS: "prod",
    ...env,
  };
  const read = (name: string) => variables[name];
  return findCredential(resolveAzureConfig({}, read), {
    env: read,
    read: (path) => Promise.resolve(files[path]),
    // However late an answer comes here, it comes.
    web: () => Promise.resolve({ clock: new FakeClock() }),
    clock: systemClock,
    uri: `az://${new URL(fake.url).host}`,
  });
}

const application = (fake: FakeAzure) =>
  found(fake, { AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: "secret" });

const countOf = ({ requests }: FakeAzure, operation: string) =>
  requests.filter((request) => request.operation === operation).length;

/** Each way to show who asks. */
const WAYS: Readonly<Record<string, (fake: FakeAzure) => AzureCredential>> = {
  "a key of the account": sharedKey,
  "a shared access signature": (fake) => ({ kind: "sas", token: `?${fake.accountSas("rwdlc")}` }),
  "an application by its secret": application,
  "a workload identity": (fake) => {
    fake.addPrincipal({ clientId: "workload", assertions: ["jwt"] });
    return found(fake, { AZURE_CLIENT_ID: "workload", AZURE_FEDERATED_TOKEN_FILE: "/jwt" }, {
      "/jwt": "jwt\n",
    });
  },
  "the machine's own identity": (fake) => {
    fake.managedIdentity = fake.principal;
    return found(fake, {});
  },
  "the identity of the machine that is named": (fake) => {
    fake.managedIdentity = fake.principal;
    return found(fake, { AZURE_CLIENT_ID: "client" });
  },
};

for (const [name, credentialOf] of Object.entries(WAYS)) {
  Deno.test(`${name} authorizes writes, listings, reads and deletions of any key`, async () => {
    await using fake = await start();
    await using store = open(fake, credentialOf(fake));
    for (const key of KEYS) await store.put(key, bytes(key), { metadata: { a_b: "1", a1: "2", ab: "3" } });
    assertEquals((await Array.fromAsync(store.list(""), ({ key }) => key)).sort(), [...KEYS].sort());
    for (const key of KEYS) {
      assertEquals((await getBytes(store, key)).bytes, bytes(key));
      await store.delete(key);
    }
    const statuses = fake.requests.filter(({ operation }) => !/^(?:Entra|Managed)/.test(operation ?? ""))
      .map(({ status }) => status);
    assertEquals(statuses.filter((status) => status >= 300), []);
    assertEquals(fake.tokens.issued.size <= 1, true);
  });
}

Deno.test("a clock that is an hour off is put right by the first refusal, for all requests", async () => {
  for (const off of [HOUR, -HOUR]) {
    await using fake = await start();
    const clock = new FakeClock({ now: fake.clock() });
    const now = fake.clock();
    fake.clock = () => now + off;
    await using store = open(fake, sharedKey(fake), clock);
    await Promise.all(KEYS.map((key) => store.put(key, bytes(key))));
    const refused = fake.requests.filter(({ status }) => status === 403).length;
    assert(refused >= 1 && refused <= KEYS.length, `${refused} were refused`);
    const before = fake.requests.length;
    await store.head("a");
    assertEquals(fake.requests.length, before + 1);
    const deleted = await Array.fromAsync(store.deleteMany(KEYS));
    assertEquals(deleted.map(({ error }) => error), KEYS.map(() => undefined));
    assertEquals(fake.blobs("container"), []);
    assertEquals(fake.requests.length, before + 2);
    const url = await store.presign("a", { expiresInMs: 60_000 });
    assertEquals(
      Date.parse(url.searchParams.get("se") ?? ""),
      Math.floor((now + off) / 1000) * 1000 + 60_000,
    );
  }
});

Deno.test("copies are made at once, and URLs hold, where this clock is hours off", async () => {
  for (const off of [3 * HOUR, -3 * HOUR]) {
    await using fake = await start();
    const now = fake.clock();
    fake.clock = () => now + off;
    const clock = new FakeClock({ now });
    await using byKey = open(fake, sharedKey(fake), clock);
    await byKey.put("a", bytes("a"));
    await byKey.copy("a", "b");
    assertEquals(fake.requests.at(-1)?.operation, "PutBlobFromURL");
    const tokens = () => Promise.resolve({ value: { token: fake.issueToken() }, source: "a test" });
    const cache = new TokenCache<BearerToken>({ renewable: true, load: tokens }, clock, () => true);
    await using byToken = open(fake, { kind: "bearer", tokens: cache }, clock);
    const url = await byToken.presign("a", { expiresInMs: 60_000 });
    const answer = await fetch(url);
    assertEquals([answer.status, await answer.text()], [200, "a"]);
  }
});

Deno.test("a key that is wrong is told as such whatever the clock, and asked with no more than twice", async () => {
  for (const off of [0, HOUR]) {
    await using fake = await start();
    const now = fake.clock();
    fake.clock = () => now + off;
    const clock = new FakeClock({ now });
    await using store = open(fake, { ...sharedKey(fake), key: btoa("s3cret") } as AzureCredential, clock);
    const error = await assertRejects(
      () => store.put("k", bytes("x")),
      UnauthenticatedError,
      "the signature does not fit",
    );
    assert(!Deno.inspect(error, { depth: 20 }).includes(btoa("s3cret")), "the key is shown");
    assertEquals(fake.requests.length, off === 0 ? 1 : 2);
  }
});

Deno.test("a token that ends in the middle of a transfer is renewed once for all requests that wait", async () => {
  await using fake = await start();
  fake.putBlob("container", "large", new Uint8Array(40_000_000));
  await using store = open(fake, application(fake));
  await store.head("large");
  for (const token of fake.tokens.issued.values()) token.expiresAt = 0;
  const target = new Uint8Array(40_000_000);
  await (await store.get("large")).readInto(target);
  await Promise.all(KEYS.map((key) => store.put(key, bytes(key))));
  assertEquals(countOf(fake, "EntraToken"), 2);
  for (const token of fake.tokens.issued.values()) token.expiresAt = 0;
  await Promise.all(KEYS.map((key) => store.head(key)));
  assertEquals(countOf(fake, "EntraToken"), 3);
  assertEquals(fake.tokens.issued.size, 3);
});

Deno.test("an identity that is refused, or has no role, is told with what to do", async () => {
  await using fake = await start();
  await using wrong = open(fake, found(fake, { AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: "s3cret" }));
  const refused = await assertRejects(() => wrong.head("k"), UnauthenticatedError, "AADSTS7000215");
  assert(!Deno.inspect(refused, { depth: 20 }).includes("s3cret"), "the secret is shown");
  fake.principal.role = "reader";
  await using store = open(fake, application(fake));
  await assertRejects(
    () => store.put("k", bytes("x")),
    PermissionDeniedError,
    "Storage Blob Data Contributor",
  );
});

Deno.test("a shared access signature that does not do is told with what it lacks, and is not shown", async () => {
  await using fake = await start();
  const ended = fake.accountSas("rwdl", { lastsMs: -2 * HOUR });
  for (
    const [token, words, kind = PermissionDeniedError] of [
      [fake.accountSas("l"), "lacks the permission to write: it has sp=l, and w is needed"],
      [fake.accountSas("rwdl", { resourceTypes: "c" }), "is for containers alone, not for the object"],
      [ended, "expired 2 h ago", UnauthenticatedError],
    ] as const
  ) {
    await using store = open(fake, { kind: "sas", token });
    const error = await assertRejects(() => store.put("k", bytes("x")), kind, words);
    const sig = new URLSearchParams(token).get("sig") ?? "";
    for (const secret of [sig, encodeURIComponent(sig)]) {
      assert(!Deno.inspect(error, { depth: 20 }).includes(secret), "the signature is shown");
    }
  }
});

Deno.test("URLs by an identity reach what the identity may do, by one key for all of a day", async () => {
  await using fake = await start();
  fake.putBlob("container", "a b", "content");
  await using store = open(fake, application(fake));
  assertEquals(store.capabilities.presign, true);
  const [read, remove] = [
    await store.presign("a b", { expiresInMs: HOUR }),
    await store.presign("a b", { method: "DELETE", expiresInMs: HOUR }),
  ];
  assertEquals(await (await fetch(read)).text(), "content");
  const headers: Record<string, string> = {};
  const onHeaders = (needed: typeof headers) => Object.assign(headers, needed);
  const write = await store.presign("new", { method: "PUT", expiresInMs: HOUR, onHeaders });
  const put = async (sent: Record<string, string>) => {
    const response = await fetch(write, { method: "PUT", body: "new", headers: sent });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals([await put({}), await put(headers)], [400, 201]);
  assertEquals(new TextDecoder().decode(fake.bytes("container", "new")), "new");
  const statusOf = async (url: URL, method: string) => {
    const response = await fetch(url, { method });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals([await statusOf(read, "DELETE"), await statusOf(remove, "GET")], [403, 403]);
  fake.principal.role = "reader";
  assertEquals(await statusOf(remove, "DELETE"), 403);
  fake.principal.role = "owner";
  assertEquals(await statusOf(remove, "DELETE"), 202);
  assertEquals(countOf(fake, "GetUserDelegationKey"), 1);
  const now = fake.clock();
  fake.clock = () => now + 2 * HOUR;
  assertEquals(await statusOf(read, "GET"), 403);
});

Deno.test("a call ends with the reason of its signal while a credential of the program gives no token", async () => {
  await using fake = await start();
  const credential = { getToken: () => new Promise<never>(() => {}) };
  await using store = await openAzureStore("container", {
    config: { account: fake.account.name, endpoint: fake.endpoint(), credential },
    surroundings: { env: () => undefined },
  });
  const reason = new Error("stopped");
  const ends: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => store.head("a", { signal }),
    (signal) => store.put("a", bytes("a"), { signal }),
    (signal) => Array.fromAsync(store.list("", { signal })),
    (signal) => Array.fromAsync(store.deleteMany(KEYS, { signal })),
    (signal) => store.copy("a", "b", { signal }),
  ];
  for (const call of ends) {
    const stop = new AbortController();
    const ended = call(stop.signal).catch((error) => error);
    setTimeout(() => stop.abort(reason), 1);
    assertStrictEquals(await ended, reason);
  }
});
