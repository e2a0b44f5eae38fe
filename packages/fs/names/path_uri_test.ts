import { InvalidNameError } from "@lade/core";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatPathUri, parsePathUri, rootPath } from "./path_uri.ts";

Deno.test("parsePathUri() takes a path with a slash at its end for a directory", () => {
  assertEquals(parsePathUri("file", "file:///"), { container: "/", key: "" });
  assertEquals(parsePathUri("file", "file:///a/b/"), { container: "/a/b", key: "" });
});

Deno.test("parsePathUri() takes any other path for a key below the root directory", () => {
  assertEquals(parsePathUri("direct", "DIRECT:///a/b/c.bin"), { container: "/", key: "a/b/c.bin" });
});

Deno.test("parsePathUri() decodes nothing", () => {
  assertEquals(parsePathUri("file", "file:///a%20b?c#d*"), { container: "/", key: "a%20b?c#d*" });
});

Deno.test("parsePathUri() tells the right form of a relative path", () => {
  for (const uri of ["file://a/b", "file://", "file://localhost/a"]) {
    const error = assertThrows(() => parsePathUri("file", uri), InvalidNameError);
    assertStringIncludes(error.message, "file:///");
  }
});

Deno.test("parsePathUri() refuses dots, empty segments, NUL and other schemes", () => {
  for (
    const uri of [
      "file:////a",
      "file:///a//b",
      "file:///a/../b",
      "file:///../",
      "file:///.",
      "file:///a/./",
      "file:///a//",
      "file:///a\0b",
      "s3:///a",
      "a/b",
    ]
  ) assertThrows(() => parsePathUri("file", uri), InvalidNameError, undefined, uri);
});

Deno.test("formatPathUri() names what parsePathUri() finds", () => {
  for (const uri of ["file:///", "file:///a/", "file:///a/b/", "file:///a", "file:///a/b"]) {
    assertEquals(formatPathUri("file", parsePathUri("file", uri)), uri);
  }
  assertEquals(formatPathUri("file", { container: "/a", key: "b/c" }), "file:///a/b/c");
});

Deno.test("rootPath() takes absolute paths only, and drops the slash at the end", () => {
  assertEquals(rootPath("file", "open", "/a/b/"), "/a/b");
  assertEquals(rootPath("file", "open", "/"), "/");
  for (const path of ["a", "./a", "", "/a/../b", "//a"]) {
    assertThrows(() => rootPath("file", "open", path), InvalidNameError);
  }
});
