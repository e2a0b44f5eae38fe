import { assertEquals } from "@std/assert";
import { mayBeOneKey } from "./may_be_one_key.ts";

Deno.test("mayBeOneKey() is true of different keys that a file system or a proxy may fold", () => {
  const one = ["a/b", "a//b", "/a/b", "a/./b", "a/c/../b", "A/b", "a/b/", "a%2Fb", "a\\b"];
  for (const key of one.slice(1)) assertEquals([key, mayBeOneKey("a/b", key)], [key, true]);
  assertEquals(mayBeOneKey("caf\u00e9", "cafe\u0301"), true);
  for (const key of ["a/b", "a/c", "ab", "b", "%zz"]) {
    assertEquals([key, mayBeOneKey("a/b", key)], [key, false]);
  }
});
