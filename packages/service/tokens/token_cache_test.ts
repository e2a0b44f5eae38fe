import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { type Token, TokenCache, type TokenSource } from "./token_cache.ts";

const MINUTE = 60_000;

interface Numbered extends Token {
  readonly name: string;
}

/** A cache of tokens that are told apart by name. */
function cacheOf(source: TokenSource<Numbered>, clock: FakeClock): TokenCache<Numbered> {
  return new TokenCache(source, clock, (one, other) => one.name === other.name);
}

/** A source whose tokens are numbered and live for ten minutes. */
function numbered(clock: FakeClock, options: { fails?: () => boolean; renewable?: boolean } = {}) {
  const loads: boolean[] = [];
  return {
    loads,
    renewable: options.renewable ?? true,
    load: (refresh: boolean) => {
      loads.push(refresh);
      if (options.fails?.()) return Promise.reject(new Error("no luck"));
      const value: Numbered = {
        name: `A${loads.length}`,
        expiration: new Date(clock.now() + 10 * MINUTE),
      };
      return Promise.resolve({ value, source: "a test" });
    },
  };
}

Deno.test("TokenCache loads once for many that ask, and then answers at once", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = cacheOf(source, clock);
  const all = await Promise.all([cache.get(), cache.get(), cache.get()]);
  assertEquals(all.map(({ name }) => name), ["A1", "A1", "A1"]);
  assertEquals(source.loads, [false]);
  assertStrictEquals(cache.get(), all[0]);
  assertEquals(cache.current, { value: all[0], source: "a test" });
});

Deno.test("TokenCache renews in the background from five minutes before the end", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = cacheOf(source, clock);
  await cache.get();
  await clock.advance(4 * MINUTE);
  await cache.get();
  assertEquals(source.loads.length, 1);
  await clock.advance(2 * MINUTE);
  assertEquals((await cache.get()).name, "A1");
  await clock.advance(0);
  assertEquals((await cache.get()).name, "A2");
  assertEquals(source.loads, [false, true]);
});

Deno.test("TokenCache lets requests wait in the last minute", async () => {
  const clock = new FakeClock();
  const cache = cacheOf(numbered(clock), clock);
  await cache.get();
  await clock.advance(9.5 * MINUTE);
  const both = await Promise.all([cache.get(), cache.get()]);
  assertEquals(both.map(({ name }) => name), ["A2", "A2"]);
});

Deno.test("TokenCache goes on with what it has while a renewal fails, and fails with it at the end", async () => {
  const clock = new FakeClock();
  let fails = false;
  const cache = cacheOf(numbered(clock, { fails: () => fails }), clock);
  await cache.get();
  fails = true;
  await clock.advance(9.5 * MINUTE);
  assertEquals((await cache.get()).name, "A1");
  await clock.advance(MINUTE);
  await assertRejects(async () => await cache.get(), Error, "no luck");
  fails = false;
  await clock.advance(1_000);
  assertEquals((await cache.get()).name.startsWith("A"), true);
});

Deno.test("TokenCache.replace() gives others than those refused, once for all who were", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = cacheOf(source, clock);
  const used = await cache.get();
  const [one, two] = await Promise.all([cache.replace(used), cache.replace(used)]);
  assertEquals([one?.name, two?.name], ["A2", "A2"]);
  assertEquals((await cache.replace(used))?.name, "A2");
  assertEquals(source.loads.length, 2);
  const fixed = cacheOf(numbered(clock, { renewable: false }), clock);
  assertEquals(await fixed.replace(await fixed.get()), undefined);
  const value = { name: "A" };
  const same = cacheOf({ renewable: true, load: () => Promise.resolve({ value, source: "a test" }) }, clock);
  assertEquals(await same.replace(await same.get()), undefined);
});

Deno.test("TokenCache asks again after ten seconds, not by each request, while a renewal brings nothing", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const fails = {
    ...source,
    load: (refresh: boolean) =>
      refresh ? source.load(refresh).then(() => Promise.reject(new Error("no luck"))) : source.load(refresh),
  };
  const cache = cacheOf(fails, clock);
  await cache.get();
  await clock.advance(6 * MINUTE);
  for (let i = 0; i < 100; i++) {
    assertEquals((await cache.get()).name, "A1");
    await clock.advance(0);
  }
  assertEquals(source.loads, [false, true]);
  await clock.advance(10_000);
  await cache.get();
  await clock.advance(0);
  assertEquals(source.loads, [false, true, true]);
});

Deno.test("TokenCache.lasting() renews what ends too soon, and gives what lasts longest", async () => {
  const clock = new FakeClock();
  const source = numbered(clock);
  const cache = cacheOf(source, clock);
  assertEquals((await cache.lasting(clock.now() + 9 * MINUTE)).name, "A1");
  await clock.advance(2 * MINUTE);
  assertEquals((await cache.lasting(clock.now() + 9 * MINUTE)).name, "A2");
  assertEquals((await cache.lasting(clock.now() + 60 * MINUTE)).name, "A2");
  assertEquals(source.loads.length, 2);
  const fixed = cacheOf(numbered(clock, { renewable: false }), clock);
  assertEquals((await fixed.lasting(clock.now() + 60 * MINUTE)).name, "A1");
  const shorter = cacheOf({
    renewable: true,
    load: (refresh) => {
      const expiration = new Date(clock.now() + (refresh ? 7 : 10) * MINUTE);
      return Promise.resolve({ value: { name: refresh ? "B2" : "B1", expiration }, source: "a test" });
    },
  }, clock);
  await shorter.get();
  await clock.advance(MINUTE);
  assertEquals((await shorter.lasting(clock.now() + 60 * MINUTE)).name, "B1");
});

Deno.test("TokenCache tells a failure to others for a second, and asks again", async () => {
  const clock = new FakeClock();
  let fails = true;
  const source = numbered(clock, { fails: () => fails });
  const cache = cacheOf(source, clock);
  for (let i = 0; i < 3; i++) await assertRejects(async () => await cache.get(), Error, "no luck");
  assertEquals(source.loads.length, 1);
  fails = false;
  await clock.advance(999);
  await assertRejects(async () => await cache.get(), Error, "no luck");
  await clock.advance(1);
  assertEquals((await cache.get()).name, "A2");
});

Deno.test("TokenCache outlives a renewal in the background that fails after its token has ended", async () => {
  const clock = new FakeClock();
  const renewal = Promise.withResolvers<never>();
  const source = numbered(clock);
  const load = (refresh: boolean) => refresh ? renewal.promise : source.load(refresh);
  const cache = cacheOf({ renewable: true, load }, clock);
  await cache.get();
  await clock.advance(6 * MINUTE);
  assertEquals((await cache.get()).name, "A1");
  await clock.advance(5 * MINUTE);
  renewal.reject(new Error("no luck"));
  await clock.advance(0);
  await assertRejects(async () => await cache.get(), Error, "no luck");
});
