import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { bearerTokens } from "./bearer_tokens.ts";

Deno.test("bearerTokens() gives no token a second time that was refused", async () => {
  const found = ["one", "one", "two"];
  const search = () => Promise.resolve({ value: { token: found.shift() ?? "" }, source: "a test" });
  const tokens = bearerTokens({ search, clock: new FakeClock(), uri: "x://c" });
  const first = await tokens.get();
  assertEquals(first.token, "one");
  assertEquals(await tokens.replace(first), undefined, "the source gives the same one");
  assertEquals((await tokens.replace(first))?.token, "two");
});
