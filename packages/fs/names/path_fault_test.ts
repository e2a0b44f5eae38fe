import { assertEquals, assertStringIncludes } from "@std/assert";
import { pathFault } from "./path_fault.ts";

Deno.test("pathFault() takes what a file system can hold", () => {
  for (
    const key of [
      "a",
      "a/b/c.txt",
      "..a",
      "a..",
      "a/...",
      ".hidden/.x",
      "a b/100%/?#*[]",
      "\\",
      "ö/鍵/😀",
      "x".repeat(255),
      `a/${"ö".repeat(127)}`,
      "a\nb",
    ]
  ) assertEquals(pathFault(key), undefined, key);
});

Deno.test("pathFault() refuses what leaves the root, is empty or has NUL", () => {
  for (
    const key of [
      "",
      ".",
      "..",
      "/",
      "/a",
      "a/",
      "a//b",
      "a/./b",
      "a/../b",
      "../a",
      "a/..",
      "./a",
      "a\0b",
      "\ud800",
    ]
  ) assertEquals(typeof pathFault(key), "string", JSON.stringify(key));
});

Deno.test("pathFault() counts a segment's bytes, not its characters", () => {
  assertStringIncludes(pathFault("x".repeat(256)) ?? "", "256 bytes");
  assertStringIncludes(pathFault(`a/${"ö".repeat(128)}/b`) ?? "", "256 bytes");
  assertStringIncludes(pathFault(`a/${"😀".repeat(64)}`) ?? "", "256 bytes");
});

Deno.test("pathFault() refuses a key of more than 1,024 bytes", () => {
  assertEquals(typeof pathFault("ab/".repeat(342) + "c"), "string");
});

Deno.test("pathFault() keeps the names of unfinished writes", () => {
  for (const key of [".lade-0123456789abcdef-17~tmp", "a/.lade-0123456789abcdef-17~tmp/b"]) {
    assertStringIncludes(pathFault(key) ?? "", "unfinished");
  }
});

Deno.test("pathFault() refuses on Windows what would be another file or a device, and nowhere else", () => {
  for (const key of ["a\\b", "a/aux.txt", "NUL", "a./b", "a /b", "a:b", "a?", "com1/x", "a\nb"]) {
    assertStringIncludes(pathFault(key, "windows") ?? "", "no file of Windows has a name that");
    assertEquals(pathFault(key, "posix"), undefined);
  }
  for (const key of ["a/b.c", "é", ".x/y", "console"]) assertEquals(pathFault(key, "windows"), undefined);
});
