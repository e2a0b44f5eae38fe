import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type AzureOptions, azureProvider, type AzureSurroundings } from "@lade/azure";
import { createStoreContext, Registry } from "@lade/core/backend";
import { NotFoundError, PermissionDeniedError, UnavailableError } from "@lade/core/errors";
import { getBytes, placeOf } from "@lade/core/operations";
import { Lade, type LadeConfig, type OpenedContainer } from "@lade/lade";
import { createTransport, type Transport } from "@lade/service/http";
import type { FakeClock } from "@lade/testing";
import { makeCertificate } from "@lade/testing/http";
import { providerConformance } from "@lade/testing/conformance";
import { type FakeAzure, startFakeAzure } from "../fakes/azure/mod.ts";

/** Nothing of this process's environment. */
const BARE: AzureSurroundings = { env: () => undefined };

const MANY = 20;

providerConformance(
  "azureProvider()",
  async () => {
    const fake = await startFakeAzure();
    let count = 0;
    return {
      provider: azureProvider(BARE),
      newName: () => `${new URL(fake.url).host}/devstoreaccount1/container-${++count}`,
      options: { config: { connectionString: fake.connectionString } },
      [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
    };
  },
  Deno.test,
);

interface Opened extends AsyncDisposable {
  readonly lade: Lade;
  readonly transports: Transport[];
  readonly opened: OpenedContainer[];
}

/** A `Lade` of `az://` alone, the transports that it made and the containers that it opened. */
function open(config: LadeConfig, env: Readonly<Record<string, string>> = {}, clock?: FakeClock): Opened {
  const transports: Transport[] = [];
  const transport = (given: Parameters<typeof createTransport>[0]) => {
    const made = createTransport(given, {});
    transports.push(made);
    return made;
  };
  const context = createStoreContext(clock ? { clock } : {});
  const registry = new Registry({ context }).register(azureProvider({ env: (name) => env[name], transport }));
  const opened: OpenedContainer[] = [];
  const lade = new Lade({ registry, config, onOpen: (each) => opened.push(each) });
  return { lade, transports, opened, [Symbol.asyncDispose]: () => lade[Symbol.asyncDispose]() };
}

function hostOf({ url }: FakeAzure): string {
  return new URL(url).host;
}

/** Whom requests named: the account of a key, or how else they were authorized. */
function askersOf({ requests }: FakeAzure): string[] {
  const askers = requests.map(({ headers, query }) =>
    query["sig"] === undefined
      ? (headers["authorization"] ?? "nobody").replace(/:.*|(?<=Bearer ).*/, "")
      : "signature"
  );
  return [...new Set(askers)];
}

Deno.test("the containers of one account share one pool of connections, and one token", async () => {
  const names = Array.from({ length: MANY }, (_, at) => `container-${at}`);
  await using fake = await startFakeAzure({ containers: names });
  let asked = 0;
  const credential = {
    getToken: () => {
      asked++;
      return Promise.resolve({ token: fake.issueToken(), expiresOnTimestamp: fake.clock() + 3_600_000 });
    },
  };
  const config = { az: { endpoint: fake.endpoint(), credential, allowHttp: true } };
  await using opened = open(config);
  const { lade, transports } = opened;
  for (const name of names) await lade.put(`az://${name}/a`, name);
  await lade.createContainer("az://another");
  await lade.deleteContainer("az://another");
  assertEquals((await Array.fromAsync(lade.listContainers("az"))).length, MANY);
  assertEquals([transports.length, asked], [1, 1]);
  assertEquals(askersOf(fake), ["Bearer "]);
});

Deno.test("every form of a URI leads to one container, whose canonical form messages and listings have", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  const host = `${hostOf(fake)}/devstoreaccount1`;
  await using opened = open({ az: { connectionString: fake.connectionString } });
  const { lade } = opened;
  await lade.put("az://photos/a b", "1");
  const forms = [
    "az://photos/",
    `az://${host}/photos/`,
    `abfss://photos@${host}/`,
    "abfs://photos/",
    `${fake.url}/devstoreaccount1/photos/`,
  ];
  for (const form of forms) {
    const listed = await Array.fromAsync(lade.list(form), ({ uri }) => uri);
    assertEquals(listed, [`az://${host}/photos/a b`], form);
    assertEquals(new TextDecoder().decode(await lade.get(listed[0] ?? "")), "1");
  }
  assertEquals(opened.opened.map(({ uri }) => uri), [`az://${host}/photos`]);
  const error = await assertRejects(() => lade.get("az://photos/none"), NotFoundError);
  assertEquals(error.uri, `az://${host}/photos/none`);
  const { store } = await lade.locate("az://photos/");
  const { service, container, key, kind } = await placeOf(store, "a b");
  assertEquals([service, container, key, kind], [fake.endpoint(), "photos", "a b", "azure"]);
});

Deno.test("what is configured for an account holds in every form of its URIs, and for no other account", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  const other = fake.createAccount("other");
  fake.createContainer("photos", { account: other });
  const host = hostOf(fake);
  const config = {
    az: { connectionString: fake.connectionString },
    "az://other/": {
      account: "other",
      accountKey: other.keys[0],
      endpoint: fake.endpoint(other),
      tags: { a: "b" },
    },
  };
  await using opened = open(config);
  const { lade } = opened;
  for (
    const [at, form] of ["az://other/photos/", `az://${host}/other/photos/`, `abfss://photos@${host}/other/`]
      .entries()
  ) {
    await lade.put(`${form}${at}`, "1");
    const { store, key } = await lade.locate(`${form}${at}`);
    assertEquals(await store.getTags?.(key), { a: "b" }, form);
  }
  await lade.put("az://photos/mine", "1");
  assertEquals(askersOf(fake), ["SharedKey other", "SharedKey devstoreaccount1"]);
  assertEquals(fake.blobs("photos").map(({ key }) => key), ["mine"]);
  assertEquals(await Array.fromAsync(lade.listContainers("az://other")), [`az://${host}/other/photos`]);
  assertEquals(await lade.holdsContainers(`az://${host}/other`), true);
  assertEquals(await lade.holdsContainers("az://other/photos"), false);
});

Deno.test("a URL with a signature is asked by it alone, and what it says is shown nowhere", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  for (const key of ["dir/a", "dir/b"]) fake.putBlob("photos", key, "1");
  const url = (permissions: string, key = "") =>
    `${fake.endpoint()}/photos/${key}?${fake.accountSas(permissions)}`;
  await using opened = open({ az: { connectionString: fake.connectionString } });
  const { lade } = opened;
  assertEquals((await lade.get(url("r", "dir/a"))).length, 1);
  assertEquals((await Array.fromAsync(lade.list(url("rl", "dir/")))).length, 2);
  const denied = await assertRejects(() => lade.get(url("l", "dir/a")), PermissionDeniedError);
  assertEquals(await lade.remove(url("rld", "dir/"), { recursive: true }), 2);
  await lade.createContainer(`${fake.endpoint()}/new-one?${fake.accountSas("cw")}`);
  assertEquals(askersOf(fake), ["signature"]);
  const shown = JSON.stringify([denied.message, denied.uri, opened.opened]);
  assertEquals(/sig=(?!\*)/.test(shown), false, shown);
  assertStringIncludes(shown, `{"name":"sasToken","value":"***","source":"the URL"}`);
});

Deno.test("a store shows what holds, who asks and where that was said", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  const { keys: [key = ""], name } = fake.account;
  const env = { AZURE_STORAGE_ENDPOINT: fake.endpoint(), AZURE_STORAGE_KEY: key };
  await using opened = open({ az: { blockSize: 1024 } }, env);
  await opened.lade.put("az://photos/a", "1");
  assertEquals(opened.opened[0]?.settings, [
    { name: "account", value: name, source: "AZURE_STORAGE_ENDPOINT" },
    { name: "endpoint", value: fake.endpoint(), source: "AZURE_STORAGE_ENDPOINT" },
    { name: "accountKey", value: "***", source: "AZURE_STORAGE_KEY" },
    { name: "blockSize", value: "1024", source: "option" },
    { name: "identity", value: `the key of account "${name}"`, source: "AZURE_STORAGE_KEY" },
  ]);
});

Deno.test("a store bounds uploads and waits as it is configured", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  const config = {
    connectionString: fake.connectionString,
    uploadConcurrency: 2,
    patienceMs: 5_000,
    maxRetryAfterMs: 7,
  };
  await using store = await azureProvider(BARE).open(`${hostOf(fake)}/devstoreaccount1/photos`, { config });
  assertEquals([store.readHints.patienceMs, store.readHints.maxRetryAfterMs], [5_000, 7]);
  assertEquals(store.limits.write?.current, 2);
});

Deno.test("a CA bundle and verifySsl hold for an account as they do for every service", async () => {
  const tls = makeCertificate({ hosts: ["127.0.0.1"] });
  await using fake = await startFakeAzure({ containers: ["photos"], tls });
  fake.putBlob("photos", "a", "1");
  const provider = azureProvider({ env: () => undefined, readFile: () => Promise.resolve(tls.cert) });
  const read = async (config: AzureOptions) => {
    const all = { connectionString: fake.connectionString, patienceMs: 1, ...config };
    await using store = await provider.open(`${hostOf(fake)}/devstoreaccount1/photos`, { config: all });
    return (await getBytes(store, "a")).bytes.length;
  };
  assertEquals(await read({ caBundle: "ca.pem" }), 1);
  assertEquals(await read({ verifySsl: false }), 1);
  await assertRejects(() => read({}), UnavailableError, "certificate");
});
