import { assertEquals, assertRejects } from "@std/assert";
import { UnauthenticatedError } from "@lade/core";
import type { BearerToken } from "@lade/service/call";
import { SharedTokens } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import type { AzureOptions } from "../config/azure_options.ts";
import { resolveAzureConfig } from "../config/azure_config.ts";
import { identityOf } from "./azure_credential.ts";
import { type CredentialSearch, findCredential } from "./find_credential.ts";

const HOST = "acct.blob.core.windows.net";
const KEY = btoa("a key of acct");
const SAS = "sv=2022-11-02&sr=c&sp=r&sig=s3cret";

/** Surroundings without variables, files and services. */
function surroundings(others: Partial<CredentialSearch> = {}): CredentialSearch {
  return {
    env: (name) => name === "AZURE_TOKEN_CREDENTIALS" ? "WorkloadIdentityCredential" : undefined,
    read: () => Promise.resolve(undefined),
    web: () => Promise.resolve({}),
    clock: new FakeClock(),
    uri: `az://${HOST}`,
    ...others,
  };
}

const find = (options: AzureOptions, around = surroundings(), env: Readonly<Record<string, string>> = {}) =>
  findCredential(resolveAzureConfig(options, (name) => env[name], HOST), around);

Deno.test("findCredential() takes the key or signature that is configured, or nobody", () => {
  assertEquals(find({ accountKey: KEY, account: "acct" }), {
    kind: "sharedKey",
    account: "acct",
    key: KEY,
    source: "option",
  });
  const sas = find({}, surroundings(), { AZURE_STORAGE_SAS_TOKEN: `?${SAS}` });
  assertEquals(sas, { kind: "sas", token: SAS, source: "AZURE_STORAGE_SAS_TOKEN" });
  assertEquals(identityOf(sas), "the shared access signature (from AZURE_STORAGE_SAS_TOKEN)");
  assertEquals(find({ anonymous: true }), { kind: "anonymous" });
});

Deno.test("findCredential() asks the credential of a program, and keeps its token until shortly before its end", async () => {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const credential = {
    getToken: (scope: unknown) => {
      asked.push(scope);
      return Promise.resolve({ token: `T${asked.length}`, expiresOnTimestamp: clock.now() + 3_600_000 });
    },
  };
  const found = find({ credential }, surroundings({ clock }));
  if (found.kind !== "bearer") throw new Error(found.kind);
  const get = () => Promise.resolve(found.tokens.get()).then(({ token }) => token);
  assertEquals(await Promise.all([get(), get(), get()]), ["T1", "T1", "T1"]);
  assertEquals(identityOf(found), "the identity of Entra ID (from the credential in the options)");
  await clock.advance(59.5 * 60_000);
  assertEquals(await Promise.all([get(), get()]), ["T2", "T2"]);
  assertEquals(asked, Array(2).fill("https://storage.azure.com/.default"));
  const none = find({ credential: { getToken: () => Promise.resolve(null) } });
  if (none.kind !== "bearer") throw new Error(none.kind);
  const error = await assertRejects(async () => await none.tokens.get(), UnauthenticatedError);
  assertEquals(
    error.message,
    `Cannot open "az://${HOST}": no credentials: the credential in the options gave no token`,
  );
});

Deno.test("findCredential() searches in Entra ID once for the stores of one session", async () => {
  let asked = 0;
  const web = () => {
    asked++;
    return Promise.resolve({});
  };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ access_token: "T", expires_in: 3600 }),
  );
  const shared = new SharedTokens<BearerToken>();
  const options = {
    tenantId: "t",
    clientId: "c",
    federatedTokenFile: "/token",
    authorityHost: `http://127.0.0.1:${server.addr.port}`,
  };
  const around = surroundings({ web, shared, read: () => Promise.resolve("jwt") });
  for (let i = 0; i < 3; i++) {
    const found = find(options, around);
    if (found.kind !== "bearer") throw new Error(found.kind);
    assertEquals((await found.tokens.get()).token, "T");
    assertEquals(found.tokens.current?.source, "a workload identity");
  }
  assertEquals(asked, 1);
});

Deno.test("findCredential() shares no token with stores of another identity or another cloud", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const clientId = new URLSearchParams(await request.text()).get("client_id");
      return Response.json({ access_token: `of-${clientId}-${++asked}`, expires_in: 3600 });
    },
  );
  let asked = 0;
  const shared = new SharedTokens<BearerToken>();
  const around = surroundings({ shared, read: () => Promise.resolve("jwt") });
  const tokenOf = async (host: string, clientId: string) => {
    const options = {
      tenantId: "t",
      clientId,
      federatedTokenFile: "/token",
      authorityHost: `http://127.0.0.1:${server.addr.port}`,
    };
    const found = findCredential(resolveAzureConfig(options, () => undefined, host), around);
    if (found.kind !== "bearer") throw new Error(found.kind);
    return (await found.tokens.get()).token;
  };
  assertEquals(await tokenOf(HOST, "one"), "of-one-1");
  assertEquals(await tokenOf(HOST, "two"), "of-two-2");
  assertEquals(await tokenOf("acct.blob.core.chinacloudapi.cn", "one"), "of-one-3");
  assertEquals(await tokenOf("other.blob.core.windows.net", "one"), "of-one-1");
});

Deno.test("findCredential() says where an identity was looked for, and why a key does not serve", async () => {
  const found = find({}, surroundings(), { AZURE_STORAGE_ACCOUNT: "other", AZURE_STORAGE_KEY: KEY });
  if (found.kind !== "bearer") throw new Error(found.kind);
  const error = await assertRejects(async () => await found.tokens.get(), UnauthenticatedError);
  assertEquals(
    error.message,
    `Cannot open "az://${HOST}": there is no key, no SAS and no identity of Entra ID (what AZURE_STORAGE_KEY gives is of ` +
      'the account "other"; a workload identity: AZURE_FEDERATED_TOKEN_FILE is not set); run az login, set ' +
      "AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or use anonymous (--no-sign-request) for a public container",
  );
});
