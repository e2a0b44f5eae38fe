import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, Registry } from "@lade/core/backend";
import { InvalidNameError, NotFoundError, ServiceError, UnavailableError } from "@lade/core/errors";
import { getBytes, placeOf } from "@lade/core/operations";
import { type GcsOptions, gcsProvider, type GcsSurroundings } from "@lade/gcs";
import { Lade, type LadeConfig, type OpenedContainer } from "@lade/lade";
import { createTransport, type Transport } from "@lade/service/http";
import { makeCertificate } from "@lade/testing/http";
import { providerConformance } from "@lade/testing/conformance";
import { type FakeGcs, startFakeGcs } from "../fakes/gcs/mod.ts";

/** Nothing of this process's environment. */
const BARE: GcsSurroundings = { env: () => undefined };
/** More than a page of the server's. */
const MANY = 20;

/** What is configured for a server. */
function configOf(fake: FakeGcs) {
  return { endpoint: fake.url, accessToken: fake.issueToken(), project: "project" };
}

providerConformance(
  "gcsProvider()",
  async () => {
    const fake = await startFakeGcs();
    let count = 0;
    return {
      provider: gcsProvider(BARE),
      newName: () => `bucket-${++count}`,
      options: { config: configOf(fake) },
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

/** A `Lade` of `gs://` alone, the transports that it made and the buckets that it opened. */
function open(config: LadeConfig, env: Readonly<Record<string, string>> = {}): Opened {
  const transports: Transport[] = [];
  const transport = (given: Parameters<typeof createTransport>[0]) => {
    const made = createTransport(given, {});
    transports.push(made);
    return made;
  };
  const context = createStoreContext();
  const registry = new Registry({ context }).register(gcsProvider({ env: (name) => env[name], transport }));
  const opened: OpenedContainer[] = [];
  const lade = new Lade({ registry, config, onOpen: (each) => opened.push(each) });
  return { lade, transports, opened, [Symbol.asyncDispose]: () => lade[Symbol.asyncDispose]() };
}

/** By whom, and at whose cost, requests were made. */
function askersOf({ requests, tokens }: FakeGcs): string[] {
  const askers = requests.map(({ headers }) => {
    const token = headers["authorization"]?.replace("Bearer ", "");
    const name = token === undefined ? "nobody" : tokens.issued.get(token)?.principal.email ?? "a stranger";
    return [name, headers["x-goog-user-project"]].filter(Boolean).join(" for ");
  });
  return [...new Set(askers)];
}

Deno.test("the buckets of one service share one pool of connections, and pages of them are gone through", async () => {
  const names = Array.from({ length: MANY }, (_, at) => `bucket-${String(at).padStart(2, "0")}`);
  await using fake = await startFakeGcs({ buckets: names, maxPageSize: 3 });
  await using opened = open({ gs: configOf(fake) });
  const { lade, transports } = opened;
  for (const name of names) await lade.put(`gs://${name}/a`, name);
  await lade.createContainer("gs://another");
  await lade.deleteContainer("gs://another");
  assertEquals(await Array.fromAsync(lade.listContainers("gs")), names.map((name) => `gs://${name}`));
  assertEquals(transports.length, 1);
  assertEquals(askersOf(fake), [fake.principal.email]);
});

Deno.test("buckets without a name, or with one that no bucket has, are no answer", async () => {
  await using fake = await startFakeGcs();
  await using opened = open({ gs: configOf(fake) });
  const { lade } = opened;
  const name = "a b";
  const endless = JSON.stringify({ kind: "storage#buckets", items: [], nextPageToken: {} });
  const headers = { "content-type": "application/json" };
  const match = { times: 2 };
  fake.faults.add({ match, action: { kind: "answer", status: 200, headers, body: endless } });
  await assertRejects(() => Array.fromAsync(lade.listContainers("gs")), ServiceError, "does not end");
  for (const items of [[{}], [null], {}, [{ name: "" }], [{ id: name, name }]]) {
    const type = JSON.stringify(items).includes(name) ? InvalidNameError : ServiceError;
    const body = JSON.stringify({ kind: "storage#buckets", items });
    fake.faults.add({ action: { kind: "answer", status: 200, headers, body } });
    await assertRejects(() => Array.fromAsync(lade.listContainers("gs")), type);
  }
});

Deno.test("every form of a URI leads to one bucket, whose canonical form messages and listings have", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"] });
  await using opened = open({ gs: configOf(fake) });
  const { lade } = opened;
  await lade.put("gs://photos/a b", "1");
  for (
    const form of [
      "gs://photos/",
      "gcs://photos/",
      `${fake.url}/photos/`,
      `${fake.url}/storage/v1/b/photos/o/`,
    ]
  ) {
    const listed = await Array.fromAsync(lade.list(form), ({ uri }) => uri);
    assertEquals(listed, ["gs://photos/a b"], form);
  }
  assertEquals((await lade.get(`${fake.url}/storage/v1/b/photos/o/a%20b?alt=media`)).length, 1);
  assertEquals(opened.opened.map(({ uri }) => uri), ["gs://photos"]);
  const error = await assertRejects(() => lade.get("gcs://photos/none"), NotFoundError);
  assertEquals(error.uri, "gs://photos/none");
  const { store } = await lade.locate("gcs://photos/");
  const { container, key } = await placeOf(store, "a b");
  assertEquals([container, key], ["photos", "a b"]);
});

Deno.test("what is configured for a bucket holds in every form of its URIs, and for no other bucket", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos", "theirs", "films"] });
  const theirs = { email: "theirs@example.com" };
  const config = {
    gs: { ...configOf(fake), userProject: "mine" },
    "gs://theirs/": { endpoint: fake.url, accessToken: fake.issueToken(theirs), userProject: "payer" },
    "gcs://films/": { userProject: "studio" },
  };
  await using opened = open(config);
  const { lade } = opened;
  for (const form of ["gs://theirs/", "gcs://theirs/", `${fake.url}/theirs/`]) {
    await lade.put(`${form}a`, "1");
  }
  assertEquals(askersOf(fake), ["theirs@example.com for payer"]);
  await lade.put("gs://photos/a", "1");
  assertEquals(askersOf(fake).at(-1), `${fake.principal.email} for mine`);
  await lade.put("gs://films/a", "1");
  assertEquals(askersOf(fake).at(-1), `${fake.principal.email} for studio`);
});

Deno.test("a token that is for one endpoint does not go to another that is configured for a bucket", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"] });
  await using other = await startFakeGcs({ buckets: ["theirs"], allowsAnonymous: true });
  await using opened = open({ gs: configOf(fake), "gs://theirs/": { endpoint: other.url } });
  const { lade } = opened;
  await lade.put("gs://photos/a", "1");
  await lade.put("gs://theirs/a", "1");
  assertEquals([askersOf(fake), askersOf(other)], [[fake.principal.email], ["nobody"]]);
});

Deno.test("a store shows what holds, who asks and where that was said", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"], allowsAnonymous: true });
  const env = {
    STORAGE_EMULATOR_HOST: new URL(fake.url).host,
    GOOGLE_CLOUD_PROJECT: "project",
    GOOGLE_OAUTH_ACCESS_TOKEN: "secret",
  };
  await using opened = open({ gs: { chunkSize: 2 ** 18 } }, env);
  await opened.lade.put("gs://photos/a", "1");
  assertEquals(opened.opened[0]?.settings, [
    { name: "endpoint", value: fake.url, source: "STORAGE_EMULATOR_HOST" },
    { name: "anonymous", value: "true", source: "STORAGE_EMULATOR_HOST" },
    { name: "project", value: "project", source: "GOOGLE_CLOUD_PROJECT" },
    { name: "chunkSize", value: "262144", source: "option" },
    { name: "identity", value: "nobody (anonymous)", source: "STORAGE_EMULATOR_HOST" },
  ]);
});

Deno.test("a store bounds uploads and waits as it is configured", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"] });
  const config = { ...configOf(fake), uploadConcurrency: 2, patienceMs: 5_000, maxRetryAfterMs: 7 };
  await using store = await gcsProvider(BARE).open("photos", { config });
  assertEquals([store.readHints.patienceMs, store.readHints.maxRetryAfterMs], [5_000, 7]);
  assertEquals(store.limits.write?.current, 2);
});

Deno.test("a CA bundle and verifySsl hold for gs:// as they do for every service", async () => {
  const tls = makeCertificate({ hosts: ["127.0.0.1"] });
  await using fake = await startFakeGcs({ buckets: ["photos"], tls });
  fake.putObject("photos", "a", "1");
  const provider = gcsProvider({ env: () => undefined, readFile: () => Promise.resolve(tls.cert) });
  const read = async (config: GcsOptions) => {
    const all = { ...configOf(fake), patienceMs: 1, ...config };
    await using store = await provider.open("photos", { config: all });
    return (await getBytes(store, "a")).bytes.length;
  };
  assertEquals(await read({ caBundle: "ca.pem" }), 1);
  assertEquals(await read({ verifySsl: false }), 1);
  await assertRejects(() => read({}), UnavailableError, "certificate");
});
