import { assertEquals } from "@std/assert";
import { prefixUri } from "./prefix_uri.ts";

Deno.test("prefixUri() names the store, or the prefix in it", () => {
  assertEquals(["", "a/", "a"].map((prefix) => prefixUri("toy://b", prefix)), [
    "toy://b",
    "toy://b/a/",
    "toy://b/a",
  ]);
});
