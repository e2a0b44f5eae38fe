import { assertEquals } from "@std/assert";
import { claimsOf } from "./claims_of.ts";

/** A token that states this, unsigned. */
const tokenOf = (claims: unknown) => {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  const text = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(
    /=+$/,
    "",
  );
  return `e30.${text}.c2ln`;
};

Deno.test("claimsOf() reads what a token states, in any letters", () => {
  assertEquals(claimsOf(tokenOf({ email: "ä漢@x", "~~~???": 1 })), { email: "ä漢@x", "~~~???": 1 });
});

Deno.test("claimsOf() has nothing of a token that is none", () => {
  for (const token of ["", "ya29.opaque", "a.b.c", "a.!.c", tokenOf(null)]) assertEquals(claimsOf(token), {});
});
