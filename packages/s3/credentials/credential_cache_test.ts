import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { CredentialCache } from "./credential_cache.ts";

const MINUTE = 60_000;

/** A source whose keys are numbered and live for ten minutes. */
function numbered(clock: FakeClock, options: { fails?: () => boolean; renewable?: boolean } = {}) {
  const loads: boolean[] = [];
  return {
    loads,
    renewable: options.renewable ?? true,
    load: (refresh: boolean) => {
      loads.push(refresh);
      if (options.fails?.()) return Promise.reject(new Error("no luck"));
      const credentials: S3Credentials = {
        accessKeyId: `A${loads.length}`,
        secretAccessKey: "s",
        sessionToken: "t",
        expiration: new Date(clock.now() + 10 * MINUTE),
      };
      return Promise.resolve({ credentials, source: "a test" });
    },
  };
}

Deno.test("CredentialCache loads once for many that ask, and then answers at once", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = new CredentialCache(source, clock);
  const all = await Promise.all([cache.get(), cache.get(), cache.get()]);
  assertEquals(all.map(({ accessKeyId }) => accessKeyId), ["A1", "A1", "A1"]);
  assertEquals(source.loads, [false]);
  assertStrictEquals(cache.get(), all[0]);
  assertEquals(cache.identity, 'access key "A1" (from a test)');
});

Deno.test("CredentialCache renews in the background from five minutes before the end", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = new CredentialCache(source, clock);
  await cache.get();
  await clock.advance(4 * MINUTE);
  await cache.get();
  assertEquals(source.loads.length, 1);
  await clock.advance(2 * MINUTE);
  assertEquals((await cache.get()).accessKeyId, "A1");
  await clock.advance(0);
  assertEquals((await cache.get()).accessKeyId, "A2");
  assertEquals(source.loads, [false, true]);
});

Deno.test("CredentialCache lets requests wait in the last minute", async () => {
  const clock = new FakeClock();
  const cache = new CredentialCache(numbered(clock), clock);
  await cache.get();
  await clock.advance(9.5 * MINUTE);
  assertEquals((await cache.get()).accessKeyId, "A2");
});

Deno.test("CredentialCache goes on with what it has while a renewal fails, and fails with it at the end", async () => {
  const clock = new FakeClock();
  let fails = false;
  const cache = new CredentialCache(numbered(clock, { fails: () => fails }), clock);
  await cache.get();
  fails = true;
  await clock.advance(9.5 * MINUTE);
  assertEquals((await cache.get()).accessKeyId, "A1");
  await clock.advance(MINUTE);
  await assertRejects(async () => await cache.get(), Error, "no luck");
  fails = false;
  assertEquals((await cache.get()).accessKeyId.startsWith("A"), true);
});

Deno.test("CredentialCache.replace() gives others than those refused, once for all who were", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = new CredentialCache(source, clock);
  const used = await cache.get();
  const [one, two] = await Promise.all([cache.replace(used), cache.replace(used)]);
  assertEquals([one?.accessKeyId, two?.accessKeyId], ["A2", "A2"]);
  assertEquals((await cache.replace(used))?.accessKeyId, "A2");
  assertEquals(source.loads.length, 2);
  const fixed = new CredentialCache(numbered(clock, { renewable: false }), clock);
  assertEquals(await fixed.replace(await fixed.get()), undefined);
});

Deno.test("CredentialCache asks again after ten seconds, not by each request, while a renewal brings nothing", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const fails = {
    ...source,
    load: (refresh: boolean) =>
      refresh ? source.load(refresh).then(() => Promise.reject(new Error("no luck"))) : source.load(refresh),
  };
  const cache = new CredentialCache(fails, clock);
  await cache.get();
  await clock.advance(6 * MINUTE);
  for (let i = 0; i < 100; i++) {
    assertEquals((await cache.get()).accessKeyId, "A1");
    await clock.advance(0);
  }
  assertEquals(source.loads, [false, true]);
  await clock.advance(10_000);
  await cache.get();
  await clock.advance(0);
  assertEquals(source.loads, [false, true, true]);
});

Deno.test("CredentialCache.lasting() renews what ends too soon, and gives what lasts longest", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = new CredentialCache(source, clock);
  assertEquals((await cache.lasting(clock.now() + 9 * MINUTE)).accessKeyId, "A1");
  await clock.advance(2 * MINUTE);
  assertEquals((await cache.lasting(clock.now() + 9 * MINUTE)).accessKeyId, "A2");
  assertEquals((await cache.lasting(clock.now() + 60 * MINUTE)).accessKeyId, "A2");
  assertEquals(source.loads.length, 2);
  const fixed = new CredentialCache(numbered(clock, { renewable: false }), clock);
  assertEquals((await fixed.lasting(clock.now() + 60 * MINUTE)).accessKeyId, "A1");
});
