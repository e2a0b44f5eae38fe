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

Deno.test("on Windows a URI has a drive or a share, where others begin with a slash", () => {
  const cases: readonly (readonly [uri: string, container: string, key: string])[] = [
    ["file:///C:/", "C:/", ""],
    ["file:///c:/data/", "C:/data", ""],
    ["file:///C:/data/x", "C:/", "data/x"],
    ["file:///C:/a%20b c", "C:/", "a%20b c"],
    ["file://server/share/", "//server/share/", ""],
    ["file://server/share/data/", "//server/share/data", ""],
    ["file://server/share/data/x", "//server/share/", "data/x"],
    ["file://wsl.localhost/Debian/x", "//wsl.localhost/Debian/", "x"],
  ];
  for (const [uri, container, key] of cases) {
    const location = parsePathUri("file", uri, "windows");
    assertEquals(location, { container, key });
    assertEquals(formatPathUri("file", location, "windows"), uri.replace("/c:", "/C:"));
  }
});

Deno.test("on Windows a URI without a place, or with a name that leads elsewhere, is refused", () => {
  for (
    const uri of [
      "file:///",
      "file:///x",
      "file:///C|/x",
      "file:///C:",
      "file:///C:x",
      "file://server",
      "file://server/share",
      "file://localhost/C:/x",
      "file://./pipe/x",
      "file://?/C:/x",
      "file:////server/share//x",
      "file:///C:/a/../b",
      "file:///C:/a\\b",
      "file:///C:/nul.txt",
      "file:///C:/CON/",
      "file:///C:/a./b",
      "file:///C:/a:stream",
      "file:///C:/a*",
    ]
  ) assertThrows(() => parsePathUri("file", uri, "windows"), InvalidNameError, undefined, uri);
});

Deno.test("rootPath() takes a directory of Windows in each of its forms", () => {
  const paths: readonly (readonly [given: string, path: string])[] = [
    ["C:\\data\\", "C:/data"],
    ["c:/data", "C:/data"],
    ["C:\\", "C:/"],
    ["\\\\server\\share", "//server/share/"],
    ["\\\\server\\share\\x", "//server/share/x"],
  ];
  for (const [given, path] of paths) assertEquals(rootPath("file", "open", given, "windows"), path);
  for (
    const path of ["data", "\\data", "/data", "C:data", "C:\\..", "C:\\nul", "\\\\a:b\\share\\", "C:\\a\\\\b"]
  ) {
    assertThrows(() => rootPath("file", "open", path, "windows"), InvalidNameError, undefined, path);
  }
});
