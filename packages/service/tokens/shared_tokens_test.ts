import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { SharedTokens } from "./shared_tokens.ts";
import type { LoadedToken, Token } from "./token_cache.ts";

interface Numbered extends Token {
  readonly name: string;
}

/** A search that numbers what it finds. */
function numbered(clock: FakeClock, lifeMs?: number) {
  let count = 0;
  return (): Promise<LoadedToken<Numbered>> =>
    Promise.resolve({
      value: {
        name: `A${++count}`,
        ...(lifeMs === undefined ? {} : { expiration: new Date(clock.now() + lifeMs) }),
      },
      source: "a test",
    });
}

Deno.test("SharedTokens gives what one cache found to others of the same key, for a while", async () => {
  const clock = new FakeClock();
  const searches = new SharedTokens<Numbered>();
  const search = numbered(clock);
  const find = async (key: string, refresh = false) =>
    (await searches.run(key, refresh, clock, search)).value.name;
  assertEquals(await Promise.all([find("a"), find("a"), find("a")]), ["A1", "A1", "A1"]);
  assertEquals([await find("a"), await find("b"), await find("a", true)], ["A1", "A2", "A3"]);
  await clock.advance(59_000);
  assertEquals(await find("a"), "A3");
  await clock.advance(1_000);
  assertEquals(await find("a"), "A4");
});

Deno.test("SharedTokens gives keys that say how long they live until shortly before", async () => {
  const clock = new FakeClock();
  const searches = new SharedTokens<Numbered>();
  const search = numbered(clock, 3_600_000);
  const find = async () => (await searches.run("a", false, clock, search)).value.name;
  await find();
  await clock.advance(54 * 60_000);
  assertEquals(await find(), "A1");
  await clock.advance(60_000);
  assertEquals(await find(), "A2");
});

Deno.test("SharedTokens tells a failure to others for a second, and asks again", async () => {
  const clock = new FakeClock();
  const searches = new SharedTokens<Numbered>();
  let asked = 0;
  const failing = () => {
    asked++;
    return Promise.reject(new Error("no luck"));
  };
  for (let i = 0; i < 3; i++) {
    await assertRejects(() => searches.run("a", false, clock, failing), Error, "no luck");
  }
  assertEquals(asked, 1);
  await clock.advance(1_000);
  assertEquals((await searches.run("a", false, clock, numbered(clock))).value.name, "A1");
});
