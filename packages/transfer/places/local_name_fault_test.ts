import { assertEquals, assertNotEquals } from "@std/assert";
import { localNameFault } from "./local_name_fault.ts";

Deno.test("localNameFault() refuses every name that could lead out of a directory", () => {
  const bad = ["..", "../x", "a/../b", "a/..", ".", "./x", "a/./b", "/etc/passwd", "//x", "a//b", "a/", ""];
  for (const name of [...bad, "a\\b", "..\\x", "C:\\x", "a\0b", "\0"]) {
    assertNotEquals(localNameFault(name), undefined, name);
  }
});

Deno.test("localNameFault() lets every other name pass", () => {
  for (
    const name of ["a", "a/b", "..a", "a..", "a/..b/c...", ".hidden", "~", "-r", "a b", "ü/🙀", "%2e%2e/x"]
  ) {
    assertEquals(localNameFault(name), undefined, name);
  }
});
