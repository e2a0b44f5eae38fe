import { assertEquals, assertRejects } from "@std/assert";
import type { BearerToken } from "../call/mod.ts";
import { CredentialFault } from "../tokens/mod.ts";
import { searchPlaces, type TokenPlace } from "./search_places.ts";

const place = (words: string, found: BearerToken | string | Error): TokenPlace<BearerToken> => ({
  words,
  find: () => found instanceof Error ? Promise.reject(found) : Promise.resolve(found),
});
const WORDS = { none: "there is no token", advice: "log in" };

Deno.test("searchPlaces() takes the first token, and no other one where a place fails", async () => {
  const fault = new CredentialFault("it is broken");
  const [none, has, fails] = [
    place("a file", "not there"),
    place("a login", { token: "T" }),
    place("a key", fault),
  ];
  assertEquals(await searchPlaces([none, has, fails], WORDS), { value: { token: "T" }, source: "a login" });
  assertEquals(await assertRejects(() => searchPlaces([none, fails, has], WORDS)), fault);
});

Deno.test("searchPlaces() says of each place why it has none", async () => {
  const places = [place("a file", "not there"), place("a login", "nobody has logged in")];
  const fault = await assertRejects(
    () => searchPlaces(places, { ...WORDS, reasons: ["the key is of somebody else"] }),
    CredentialFault,
  );
  assertEquals(
    fault.message,
    "there is no token (the key is of somebody else; a file: not there; a login: nobody has logged in); log in",
  );
  assertEquals(fault.none, true);
});
