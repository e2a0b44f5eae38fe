import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { ServiceFault } from "../errors/mod.ts";
import { TokenCache } from "../tokens/mod.ts";
import { BearerAuthorizer, type BearerToken } from "./bearer_authorizer.ts";

const REQUEST = { method: "GET", host: "h", path: "/", query: "", headers: { range: "r" } };

/** A cache of numbered tokens. */
function tokens(renewable = true): TokenCache<BearerToken> {
  let count = 0;
  const load = () => Promise.resolve({ value: { token: `T${++count}` }, source: "a test" });
  return new TokenCache<BearerToken>({ renewable, load }, new FakeClock(), (a, b) => a.token === b.token);
}

Deno.test("BearerAuthorizer adds the token, and replaces one that is refused once in a call", async () => {
  const cache = tokens();
  const authorizer = new BearerAuthorizer(cache);
  const refused = new ServiceFault({ status: 401 });
  assertEquals(await authorizer.correct(refused), false);
  assertEquals(await authorizer.authorize(REQUEST), [["range", "r"], ["authorization", "Bearer T1"]]);
  assertEquals(await authorizer.correct(refused), true);
  assertEquals(authorizer.authorize(REQUEST), [["range", "r"], ["authorization", "Bearer T2"]]);
  assertEquals(await authorizer.correct(refused), false);
  const next = new BearerAuthorizer(cache);
  assertEquals(next.authorize(REQUEST), [["range", "r"], ["authorization", "Bearer T2"]]);
});

Deno.test("BearerAuthorizer heeds no 401 of somebody else, no other status, and no source that has but one", async () => {
  for (const options of [{ status: 401, foreign: "the page" }, { status: 403 }]) {
    const authorizer = new BearerAuthorizer(tokens());
    await authorizer.authorize(REQUEST);
    assertEquals(await authorizer.correct(new ServiceFault(options)), false);
  }
  const fixed = new BearerAuthorizer(tokens(false));
  await fixed.authorize(REQUEST);
  assertEquals(await fixed.correct(new ServiceFault({ status: 401 })), false);
});
