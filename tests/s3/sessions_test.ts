import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createStoreContext, Registry } from "@lade/core/backend";
import { UnauthenticatedError, UnavailableError } from "@lade/core/errors";
import { Lade, type LadeConfig } from "@lade/lade";
import { type S3Credentials, type S3Options, s3Provider, type S3Surroundings } from "@lade/s3";
import { createTransport, type Transport } from "@lade/service/http";
import { FakeClock } from "@lade/testing";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, fakeConfig } from "./open_fake.ts";

const MANY = 50;
const BUCKETS = Array.from({ length: MANY }, (_, at) => `bucket-${at}`);

/** A `Lade` of `s3://` alone, and what transports were made for it. */
function openLade(
  config: LadeConfig,
  clock?: FakeClock,
  surroundings: S3Surroundings = bare,
): { lade: Lade; transports: Transport[] } {
  const transports: Transport[] = [];
  const transport = (given: Parameters<typeof createTransport>[0]) => {
    const made = createTransport(given, {});
    transports.push(made);
    return made;
  };
  const context = createStoreContext(clock ? { clock } : {});
  const registry = new Registry({ context }).register(s3Provider({ ...surroundings, transport }));
  return { lade: new Lade({ registry, config }), transports };
}

/** A function that gives keys, and how often it was called. */
function giving(
  { accessKeyId, secretAccessKey }: FakeS3,
  expiration?: () => Date,
): { calls: number; give: () => Promise<S3Credentials> } {
  const giver = {
    calls: 0,
    give: () => {
      giver.calls++;
      return Promise.resolve({
        accessKeyId,
        secretAccessKey,
        ...(expiration && { expiration: expiration() }),
      });
    },
  };
  return giver;
}

/** The ids of the keys of all requests. */
function keysOf({ requests }: FakeS3): string[] {
  const ids = requests.map(({ headers }) => /Credential=([^/]*)/.exec(headers["authorization"] ?? "")?.[1]);
  return [...new Set(ids.map((id) => id ?? ""))];
}

/** How many connections have carried requests. */
function connectionsOf({ requests }: FakeS3): number {
  return new Set(requests.map(({ connection }) => connection)).size;
}

Deno.test("fifty buckets of one account share one search for credentials and one pool of connections", async () => {
  await using fake = await startFakeS3({ buckets: BUCKETS });
  const giver = giving(fake);
  const { lade, transports } = openLade({ s3: { ...fakeConfig(fake), credentials: giver.give } });
  await using _ = lade;
  for (const bucket of BUCKETS) await lade.put(`s3://${bucket}/a`, bucket);
  await lade.createContainer("s3://another");
  await lade.deleteContainer("s3://another");
  assertEquals((await Array.fromAsync(lade.listContainers("s3"))).length, MANY);
  assertEquals([giver.calls, transports.length, connectionsOf(fake)], [1, 1, 1]);
  const checks = await Array.fromAsync(lade.diagnose("s3://bucket-0"));
  assert(checks.every(({ outcome }) => outcome !== "failed"), JSON.stringify(checks));
  assertEquals([giver.calls, transports.length], [1, 2], "a diagnosis has a transport that is less patient");
});

Deno.test("fifty buckets of one account renew keys that expire once", async () => {
  const clock = new FakeClock();
  await using fake = await startFakeS3({ buckets: BUCKETS, clock: () => clock.now() });
  const giver = giving(fake, () => new Date(clock.now() + 3_600_000));
  const { lade } = openLade({ s3: { ...fakeConfig(fake), credentials: giver.give } }, clock);
  await using _ = lade;
  for (const bucket of BUCKETS) await lade.put(`s3://${bucket}/a`, bucket);
  assertEquals(giver.calls, 1);
  await clock.advance(3_590_000);
  await Promise.all(BUCKETS.map((bucket) => lade.exists(`s3://${bucket}/a`).catch(() => false)));
  assertEquals(giver.calls, 2);
});

Deno.test("two accounts at one endpoint never take each other's keys, nor what differs in trust", async () => {
  await using fake = await startFakeS3({ buckets: ["one", "two", "three"] });
  fake.credentials.set("SECONDKEY00000000000", { secretAccessKey: "second" });
  const second = { accessKeyId: "SECONDKEY00000000000", secretAccessKey: "second" };
  const { lade, transports } = openLade({
    s3: { ...fakeConfig(fake) },
    "s3://two/": { credentials: second },
    "s3://three/": { anonymous: true },
  });
  await using _ = lade;
  const used = async (uri: string) => {
    fake.requests.length = 0;
    await lade.exists(uri).catch(() => false);
    return keysOf(fake);
  };
  for (let round = 0; round < 2; round++) {
    assertEquals(await used("s3://one/a"), [fake.accessKeyId]);
    assertEquals(await used("s3://two/a"), ["SECONDKEY00000000000"]);
    assertEquals(await used("s3://three/a"), [""]);
  }
  assertEquals(transports.length, 3);
});

Deno.test("prefixes that name one profile share a session, whose service copies between them", async () => {
  await using fake = await startFakeS3({ buckets: ["one", "two", "three"] });
  const keys = `aws_access_key_id = ${fake.accessKeyId}\naws_secret_access_key = ${fake.secretAccessKey}\n`;
  const surroundings: S3Surroundings = {
    env: (name) => name === "HOME" ? "/home/user" : undefined,
    readFile: (path) =>
      Promise.resolve(path.endsWith("/credentials") ? `[work]\n${keys}[other]\n${keys}` : undefined),
  };
  const config = {
    s3: { endpoint: fake.url },
    "s3://one/": { profile: "work" },
    "s3://two/": { profile: "work" },
    "s3://three/": { profile: "other" },
  };
  const { lade, transports } = openLade(config, undefined, surroundings);
  await using _ = lade;
  await lade.put("s3://one/a", "content");
  await lade.copy("s3://one/a", "s3://two/b");
  assertEquals([transports.length, connectionsOf(fake)], [1, 1]);
  const copied = fake.requests.filter(({ headers }) => "x-amz-copy-source" in headers);
  assertEquals(copied.map(({ path }) => path), ["/two/b"]);
  await lade.put("s3://three/a", "content");
  assertEquals(transports.length, 2);
});

Deno.test("settings that are about objects alone need no session of their own, those about trust do", async () => {
  await using fake = await startFakeS3({ buckets: ["one"] });
  const sessions = async (config: S3Options) => {
    const { lade, transports } = openLade({ s3: { ...fakeConfig(fake) }, "s3://one/tagged/": { ...config } });
    await using _ = lade;
    await lade.put("s3://one/a", "1");
    await lade.put("s3://one/tagged/a", "1");
    return transports.length;
  };
  assertEquals(await sessions({ tags: { a: "b" } }), 1);
  assertEquals(await sessions({ multipart: { disabled: true } }), 1);
  assertEquals(await sessions({ maxAttempts: 3 }), 2);
  assertEquals(await sessions({ allowHttp: true }), 2);
});

Deno.test("disposing one store leaves the others, and the last one closes what they share", async () => {
  await using fake = await startFakeS3({ buckets: ["one", "two"] });
  const { lade, transports } = openLade({ s3: { ...fakeConfig(fake) } });
  const [one, two] = [await lade.openStore("s3://one"), await lade.openStore("s3://two")];
  await one.put("a", new Uint8Array(1));
  await one[Symbol.asyncDispose]();
  await assertRejects(() => one.head("a"), UnavailableError, "the transport was closed");
  await two.put("a", new Uint8Array(1));
  await lade[Symbol.asyncDispose]();
  assertEquals((await two.head("a")).size, 1);
  await two[Symbol.asyncDispose]();
  const [transport] = transports;
  await assertRejects(async () => await transport?.send({ method: "GET", url: fake.url }), Error, "closed");
  assertEquals(transports.length, 1);
});

Deno.test("a search for credentials that fails is told of the bucket that needed it", async () => {
  await using fake = await startFakeS3({ buckets: ["one", "two"] });
  const { endpoint } = fakeConfig(fake);
  const { lade } = openLade({ s3: { endpoint, credentials: () => Promise.resolve(undefined as never) } });
  await using _ = lade;
  for (const bucket of ["one", "two", "one"]) {
    const error = await assertRejects(() => lade.stat(`s3://${bucket}/a`), UnauthenticatedError);
    assertStringIncludes(error.message, `"s3://${bucket}"`);
  }
});

Deno.test("a failure of what gives credentials that is about something else stays as it is", async () => {
  await using fake = await startFakeS3({ buckets: ["one", "two"] });
  const { endpoint } = fakeConfig(fake);
  const failure = new UnauthenticatedError({ operation: "get", uri: "memory://vault/key", detail: "locked" });
  const { lade } = openLade({ s3: { endpoint, credentials: () => Promise.reject(failure) } });
  await using _ = lade;
  for (const bucket of ["one", "two"]) {
    const error = await assertRejects(() => lade.stat(`s3://${bucket}/a`), UnauthenticatedError);
    assertStringIncludes(error.message, '"memory://vault/key"');
  }
});

Deno.test("figures of stores that share a session are one object, which counts once in those of a Lade", async () => {
  await using fake = await startFakeS3({ buckets: ["one", "other"] });
  const { lade } = openLade({ s3: { ...fakeConfig(fake) } });
  await using _closed = lade;
  assertEquals(lade.figures.requests, 0);
  await lade.put("s3://one/a", "hello");
  await lade.get("s3://other/a").catch(() => {});
  const stores = await Promise.all(["s3://one/", "s3://other/"].map((uri) => lade.locate(uri)));
  const [one, other] = stores.map(({ store }) => store.figures?.());
  assert(one !== undefined && one === other);
  const { addresses, bytesWritten, requests } = lade.figures;
  assertEquals([requests, bytesWritten], [fake.requests.length, 5]);
  assertEquals(addresses.map(({ requests }) => requests), [fake.requests.length]);
});
