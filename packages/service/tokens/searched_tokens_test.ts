import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { UnauthenticatedError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { CredentialFault } from "./credential_fault.ts";
import { searchedTokens } from "./searched_tokens.ts";
import { SharedTokens } from "./shared_tokens.ts";
import type { LoadedToken, Token } from "./token_cache.ts";

const FOUND: LoadedToken<Token> = { value: {}, source: "a test" };

Deno.test("searchedTokens() searches when it is asked, and says whether for another one", async () => {
  const asked: boolean[] = [];
  const search = (refresh: boolean) => {
    asked.push(refresh);
    return Promise.resolve(FOUND);
  };
  const source = searchedTokens({ search, clock: new FakeClock(), uri: "x://c" });
  assertStrictEquals(await source.load(false), FOUND);
  assertStrictEquals(await source.load(true), FOUND);
  assertEquals([source.renewable, ...asked], [true, false, true]);
});

Deno.test("searchedTokens() take what another search of the same key has found", async () => {
  let searches = 0;
  const search = () => {
    searches++;
    return Promise.resolve(FOUND);
  };
  const common = { search, shared: new SharedTokens<Token>(), clock: new FakeClock(), uri: "x://c" };
  for (const key of ["a", "a", "b"]) await searchedTokens({ ...common, key }).load(false);
  assertEquals(searches, 2);
  await searchedTokens(common).load(false);
  assertEquals(searches, 3, "without a key nothing is shared");
});

Deno.test("searchedTokens() make a store error of a CredentialFault, and of nothing else", async () => {
  const failing = (error: Error) =>
    searchedTokens({ search: () => Promise.reject(error), key: "a", clock: new FakeClock(), uri: "x://c" });
  const error = await assertRejects(
    () => failing(new CredentialFault("nobody is here", { none: true })).load(false),
    UnauthenticatedError,
  );
  assertEquals(error.message, 'Cannot open "x://c": nobody is here');
  const other = new TypeError("no");
  assertStrictEquals(await failing(other).load(false).catch((error) => error), other);
});
