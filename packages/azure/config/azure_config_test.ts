import { assertEquals, assertThrows } from "@std/assert";
import { type AzureConfig, resolveAzureConfig } from "./azure_config.ts";
import type { AzureOptions } from "./azure_options.ts";
import { DEVELOPMENT_KEY } from "./development_account.ts";

const KEY = "AAECAwQFBgc=";
const SAS = "sv=2026-02-06&sr=c&sp=rl&sig=secret%3D";

function resolve(
  options: AzureOptions,
  env: Readonly<Record<string, string>> = {},
  name?: string,
): AzureConfig {
  return resolveAzureConfig(options, (variable) => env[variable], name);
}

function leads(options: AzureOptions, env: Readonly<Record<string, string>> = {}, name?: string) {
  const { endpoint: { url, path, account }, identity } = resolve(options, env, name);
  return [url + path, account, identity?.kind, identity?.source];
}

Deno.test("resolveAzureConfig() finds the account and its key in the variables of Microsoft's and others' tools", () => {
  const public_ = "https://mine.blob.core.windows.net";
  const cases: readonly (readonly [env: Record<string, string>, wanted: unknown[]])[] = [
    [{ AZURE_STORAGE_ACCOUNT: "mine" }, [public_, "mine", undefined, undefined]],
    [{ AZURE_STORAGE_ACCOUNT_NAME: "mine", AZURE_STORAGE_ACCOUNT_KEY: KEY }, [
      public_,
      "mine",
      "sharedKey",
      "AZURE_STORAGE_ACCOUNT_KEY",
    ]],
    [{ AZURE_STORAGE_ACCOUNT: "mine", AZURE_STORAGE_SAS_TOKEN: `?${SAS}` }, [
      public_,
      "mine",
      "sas",
      "AZURE_STORAGE_SAS_TOKEN",
    ]],
    [{ AZURE_STORAGE_CONNECTION_STRING: `AccountName=mine;AccountKey=${KEY}` }, [
      public_,
      "mine",
      "sharedKey",
      "AZURE_STORAGE_CONNECTION_STRING",
    ]],
    [{ AZURE_STORAGE_ENDPOINT: "https://mine.blob.core.chinacloudapi.cn/" }, [
      "https://mine.blob.core.chinacloudapi.cn",
      "mine",
      undefined,
      undefined,
    ]],
    [{
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=mine;AccountKey=${KEY};BlobEndpoint=https://b.example/`,
    }, [
      "https://b.example",
      "mine",
      "sharedKey",
      "AZURE_STORAGE_CONNECTION_STRING",
    ]],
    [{ AZURE_STORAGE_ENDPOINT: "https://b.example", AZURE_STORAGE_ACCOUNT: "mine", AZURE_STORAGE_KEY: KEY }, [
      "https://b.example",
      "mine",
      "sharedKey",
      "AZURE_STORAGE_KEY",
    ]],
    [{ AZURE_STORAGE_ENDPOINT: "https://mine.dfs.core.windows.net/", AZURE_STORAGE_KEY: KEY }, [
      public_,
      "mine",
      "sharedKey",
      "AZURE_STORAGE_KEY",
    ]],
    [{ AZURE_STORAGE_USE_EMULATOR: "true" }, [
      "http://127.0.0.1:10000/devstoreaccount1",
      "devstoreaccount1",
      "sharedKey",
      "AZURE_STORAGE_USE_EMULATOR",
    ]],
    [{
      AZURE_STORAGE_ENDPOINT: "http://localhost:1234",
      AZURE_STORAGE_ACCOUNT: "mine",
      AZURE_STORAGE_KEY: KEY,
    }, [
      "http://localhost:1234/mine",
      "mine",
      "sharedKey",
      "AZURE_STORAGE_KEY",
    ]],
  ];
  for (const [env, wanted] of cases) assertEquals(leads({}, env), wanted, JSON.stringify(env));
  assertEquals(resolve({ sasToken: `?${SAS}`, account: "mine" }).identity, {
    kind: "sas",
    token: SAS,
    source: "option",
  });
  assertEquals(resolve({ useEmulator: true }).identity, {
    kind: "sharedKey",
    key: DEVELOPMENT_KEY,
    source: "option",
  });
});

Deno.test("resolveAzureConfig() lets options come before the environment, and keeps what belongs together", () => {
  const env = { AZURE_STORAGE_ACCOUNT: "mine", AZURE_STORAGE_KEY: KEY, AZURE_TENANT_ID: "t1" };
  assertEquals(leads({ sasToken: SAS }, env)[2], "sas");
  assertEquals(leads({ anonymous: true }, env)[2], "anonymous");
  assertEquals(leads({ account: "mine" }, env)[2], "sharedKey");
  const other = resolve({ account: "other" }, env);
  assertEquals([other.identity, other.passedOver], [
    undefined,
    'what AZURE_STORAGE_KEY gives is of the account "mine"',
  ]);
  assertEquals(resolve({ tenantId: "t2" }, env).identity, undefined, "Entra ID was asked for");
  assertEquals(resolve({ tenantId: "t2" }, env).entra, { tenantId: { value: "t2", source: "option" } });
  assertEquals(leads({ accountKey: KEY, account: "other" }, env), [
    "https://other.blob.core.windows.net",
    "other",
    "sharedKey",
    "option",
  ]);
  const credential = { getToken: () => Promise.resolve(null) };
  assertEquals(resolve({ credential }, env, "other.blob.core.windows.net").identity?.kind, "credential");
});

Deno.test("resolveAzureConfig() gives an account that a URI names no key of another one", () => {
  const env = { AZURE_STORAGE_ACCOUNT: "mine", AZURE_STORAGE_KEY: KEY };
  assertEquals(leads({}, env, "mine.blob.core.windows.net")[2], "sharedKey");
  const other = resolve({}, env, "other.blob.core.windows.net");
  assertEquals([other.endpoint.account, other.identity, other.passedOver !== undefined], [
    "other",
    undefined,
    true,
  ]);
  assertEquals(leads({}, { AZURE_STORAGE_KEY: KEY }, "other.blob.core.windows.net")[2], "sharedKey");
});

Deno.test("resolveAzureConfig() sends nothing secret to a host that is neither Azure's nor configured", () => {
  const env = { AZURE_STORAGE_ACCOUNT: "mine", AZURE_STORAGE_KEY: KEY };
  for (const name of ["cdn.example", "127.0.0.1:1/mine", "mine.blob.core.windows.net.example"]) {
    const error = assertThrows(() => resolve({}, env, name), TypeError, "no credentials go to");
    assertEquals(error.message.includes("anonymous=true"), true);
  }
  // The emulator's key is for this machine, and a configured host is trusted for the account that is configured.
  assertThrows(() => resolve({}, {}, "10.0.0.1:1/devstoreaccount1"), TypeError, "no credentials go to");
  const own = { AZURE_STORAGE_BLOB_ENDPOINT: "http://127.0.0.1:1/mine", AZURE_STORAGE_SAS_TOKEN: SAS };
  assertEquals(leads({}, own, "127.0.0.1:1/mine")[2], "sas");
  assertThrows(() => resolve({}, own, "127.0.0.1:1/other"), TypeError, "no credentials go to");
  assertEquals(leads({ anonymous: true }, env, "cdn.example"), [
    "https://cdn.example",
    "",
    "anonymous",
    "option",
  ]);
  const trusted = { endpoint: "https://cdn.example", account: "mine" };
  assertEquals(leads(trusted, env, "cdn.example"), [
    "https://cdn.example",
    "mine",
    "sharedKey",
    "AZURE_STORAGE_KEY",
  ]);
  assertEquals(leads({}, {}, "127.0.0.1:1/devstoreaccount1"), [
    "http://127.0.0.1:1/devstoreaccount1",
    "devstoreaccount1",
    "sharedKey",
    "the emulator's own account",
  ]);
});

Deno.test("resolveAzureConfig() refuses contradictions, and names both places", () => {
  const connection = `AccountName=mine;AccountKey=${KEY}`;
  const cases: readonly (readonly [options: AzureOptions, env: Record<string, string>, detail: string])[] = [
    [
      {},
      { AZURE_STORAGE_KEY: KEY, AZURE_STORAGE_SAS_TOKEN: SAS, AZURE_STORAGE_ACCOUNT: "mine" },
      "accountKey (AZURE_STORAGE_KEY) and sasToken (AZURE_STORAGE_SAS_TOKEN) exclude each other",
    ],
    [
      {},
      { AZURE_STORAGE_CONNECTION_STRING: connection, AZURE_STORAGE_ACCOUNT: "other" },
      "account (AZURE_STORAGE_ACCOUNT) and connectionString (AZURE_STORAGE_CONNECTION_STRING) exclude each other",
    ],
    [{}, { AZURE_STORAGE_CONNECTION_STRING: connection, AZURE_STORAGE_SAS_TOKEN: SAS }, "exclude each other"],
    [
      { account: "mine", endpoint: "https://other.blob.core.windows.net" },
      {},
      "account and endpoint exclude",
    ],
    [
      { account: "mine", anonymous: true, accountKey: KEY },
      {},
      "accountKey and anonymous exclude each other",
    ],
    [{ account: "mine", endpoint: "http://mine.example" }, {}, "has to be allowed by allowHttp"],
    [{ endpoint: "https://a.example/b/c" }, {}, "its path may hold the name of the account and no more"],
    [{ connectionString: "AccountName=mine;Key=x" }, {}, "the connection string has the unknown key Key"],
    [{ accountKey: "not base64" }, {}, "accountKey has to be a key of the account, in base64"],
    [{ sasToken: "sig=1" }, {}, "sasToken has to be a signature as the portal gives it"],
    [{}, {}, "no account is known; set AZURE_STORAGE_ACCOUNT"],
    [
      {},
      { AZURE_STORAGE_ENDPOINT: "http://127.0.0.1:10000" },
      "endpoint (AZURE_STORAGE_ENDPOINT) names no account, write http://127.0.0.1:10000/ACCOUNT",
    ],
  ];
  for (const [options, env, detail] of cases) {
    const error = assertThrows(() => resolve(options, env), TypeError, detail);
    for (const secret of [KEY, "secret%3D", "sig=1", "not base64"]) {
      assertEquals(error.message.includes(secret), false, error.message);
    }
  }
  const beside = {
    AZURE_STORAGE_CONNECTION_STRING: connection,
    AZURE_STORAGE_ENDPOINT: "https://cdn.example",
  };
  assertEquals(leads({}, beside)[0], "https://cdn.example", "what the string leaves open");
  const same = {
    AZURE_STORAGE_CONNECTION_STRING: connection,
    AZURE_STORAGE_KEY: KEY,
    AZURE_STORAGE_ACCOUNT: "mine",
  };
  assertEquals(leads({}, same)[2], "sharedKey");
});

Deno.test("resolveAzureConfig() shows what holds and where it was said, and no secret", () => {
  const env = {
    AZURE_STORAGE_ACCOUNT: "mine",
    AZURE_STORAGE_KEY: KEY,
    AZURE_CLIENT_SECRET: "client-secret",
    LADE_PATIENCE: "5s",
  };
  assertEquals(resolve({ sasToken: SAS, tags: { a: "b" } }, env).shown, [
    { name: "account", value: "mine", source: "AZURE_STORAGE_ACCOUNT" },
    { name: "endpoint", value: "https://mine.blob.core.windows.net", source: "AZURE_STORAGE_ACCOUNT" },
    { name: "sasToken", value: "***", source: "option" },
    { name: "clientSecret", value: "***", source: "AZURE_CLIENT_SECRET" },
    { name: "tags", value: '{"a":"b"}', source: "option" },
    { name: "patienceMs", value: "5000", source: "LADE_PATIENCE" },
  ]);
  assertEquals(
    resolve({}, env, "other.blob.core.windows.net").shown.filter(({ name }) => name !== "patienceMs"),
    [
      { name: "account", value: "other", source: "the URI" },
      { name: "endpoint", value: "https://other.blob.core.windows.net", source: "the URI" },
      { name: "clientSecret", value: "***", source: "AZURE_CLIENT_SECRET" },
      { name: "not used", value: 'what AZURE_STORAGE_KEY gives is of the account "mine"', source: "" },
    ],
  );
});

Deno.test("resolveAzureConfig() completes what holds for blobs", () => {
  const { blockSize, threshold, uploadConcurrency, tags, storedChecksum, verifyDownloads, bounds } = resolve({
    account: "mine",
    blockSize: 1024,
    maxAttempts: 3,
  });
  assertEquals([blockSize, threshold, uploadConcurrency, tags, storedChecksum, verifyDownloads], [
    1024,
    1024,
    "auto",
    {},
    true,
    true,
  ]);
  assertEquals([bounds.maxAttempts, bounds.patienceMs], [3, 75_000]);
});

Deno.test("resolveAzureConfig() takes addresses for the account they are said for, and for no other", () => {
  const env = {
    AZURE_STORAGE_ACCOUNT: "mine",
    AZURE_STORAGE_KEY: KEY,
    LADE_AZURE_ENDPOINT_ADDRESSES: "10.0.0.4,10.0.0.5",
  };
  const addresses = (options: AzureOptions, name?: string) => {
    const { endpointAddresses, shown } = resolve(options, env, name);
    assertEquals(shown.some(({ name }) => name === "endpointAddresses"), endpointAddresses !== undefined);
    return endpointAddresses;
  };
  const other = { account: "other", accountKey: KEY };
  const mine = "mine.blob.core.windows.net";
  assertEquals(addresses({}), ["10.0.0.4", "10.0.0.5"]);
  assertEquals(addresses({}, mine), ["10.0.0.4", "10.0.0.5"]);
  assertEquals(addresses({ anonymous: true }, "third.blob.core.windows.net"), undefined);
  assertEquals(addresses(other), undefined);
  assertEquals(addresses(other, mine), ["10.0.0.4", "10.0.0.5"]);
  assertEquals(addresses({ ...other, endpointAddresses: "10.0.0.9" }), ["10.0.0.9"]);
  assertEquals(addresses({ ...other, endpointAddresses: "10.0.0.9" }, mine), undefined);
  assertThrows(
    () => resolve({ endpoint: "http://localhost/mine", accountKey: KEY, endpointAddresses: "node-1" }),
    TypeError,
    "plain HTTP to another machine (node-1)",
  );
});
