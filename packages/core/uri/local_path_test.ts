import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { InvalidNameError } from "../errors/errors.ts";
import {
  basePath,
  directoryOf,
  isRoot,
  localPath,
  pathFrom,
  pathOfUri,
  type Platform,
  rootOf,
  uriPathOf,
} from "./local_path.ts";
import { isUri } from "./parse_uri.ts";

Deno.test("localPath() takes every form of a path of Windows to one", () => {
  const forms: readonly (readonly [given: string, form: string])[] = [
    ["C:\\data\\x", "C:/data/x"],
    ["c:/data/x", "C:/data/x"],
    ["C:\\", "C:/"],
    ["\\\\?\\C:\\data", "C:/data"],
    ["//?/c:/data", "C:/data"],
    ["\\\\server\\share\\x", "//server/share/x"],
    ["\\\\server\\share", "//server/share/"],
    ["//server/share/", "//server/share/"],
    ["\\\\?\\UNC\\server\\share\\x", "//server/share/x"],
    ["\\\\wsl$\\Debian\\home", "//wsl$/Debian/home"],
    ["data\\x", "data/x"],
    ["..\\x", "../x"],
    ["\\x", "/x"],
    ["", ""],
  ];
  for (const [given, form] of forms) assertEquals(localPath(given, "windows"), form, given);
});

Deno.test("localPath() refuses what has no place of its own on Windows", () => {
  const bad = [
    "C:",
    "C:x",
    "c:..\\x",
    "\\\\server",
    "\\\\server\\",
    "\\\\",
    "\\\\.\\COM1",
    "\\\\?\\Volume{1}\\x",
  ];
  for (const path of [...bad, "\\\\.\\pipe\\x", "\\\\?\\C:", "\\\\server\\\\share", "///x"]) {
    assertThrows(() => localPath(path, "windows"), InvalidNameError, undefined, path);
  }
});

Deno.test("elsewhere a backslash, a colon and two slashes are characters", () => {
  for (const path of ["C:\\data", "C:x", "a\\b", "\\\\server\\share", "//a", "/", "", "\\x"]) {
    assertEquals(localPath(path, "posix"), path);
    assertEquals(uriPathOf(path, "posix"), path);
    assertEquals(pathOfUri(path, "posix"), path);
  }
  assertEquals(rootOf("C:/x", "posix"), "");
  assertEquals(rootOf("//server/share/x", "posix"), "/");
});

Deno.test("directoryOf() and isRoot() end at a drive or a share", () => {
  const cases: readonly (readonly [platform: Platform, path: string, above: string])[] = [
    ["posix", "/a/b", "/a"],
    ["posix", "/a", "/"],
    ["posix", "/", "/"],
    ["windows", "C:/a/b", "C:/a"],
    ["windows", "C:/a", "C:/"],
    ["windows", "C:/", "C:/"],
    ["windows", "//s/share/a/b", "//s/share/a"],
    ["windows", "//s/share/a", "//s/share/"],
    ["windows", "//s/share/", "//s/share/"],
  ];
  for (const [platform, path, above] of cases) {
    assertEquals(directoryOf(path, platform), above);
    assertEquals(isRoot(path, platform), path === above);
  }
  assertEquals(isRoot("", "windows"), false);
});

Deno.test("pathFrom() finds a path from a directory", () => {
  assertEquals(pathFrom("/a", "b", "posix"), "/a/b");
  assertEquals(pathFrom("/", "b", "posix"), "/b");
  assertEquals(pathFrom("/a", "/b", "posix"), "/b");
  assertEquals(pathFrom("C:/a", "b", "windows"), "C:/a/b");
  assertEquals(pathFrom("C:/", "b", "windows"), "C:/b");
  assertEquals(pathFrom("C:/a", "/b", "windows"), "C:/b");
  assertEquals(pathFrom("//s/share/a", "/b", "windows"), "//s/share/b");
  assertEquals(pathFrom("C:/a", "D:/b", "windows"), "D:/b");
});

Deno.test("pathOfUri() gives what has no drive or share a path without a root", () => {
  for (const rest of ["/C|/x", "/x", "/", "", "/C:x", "/C:", "//server/share/x/", "server", "server/"]) {
    const root = rootOf(pathOfUri(rest, "windows"), "windows");
    // Four slashes are as good as two.
    assertEquals(root, rest.startsWith("//") ? "//server/share/" : "", rest);
  }
});

Deno.test("one letter is a drive on Windows and a scheme elsewhere", () => {
  assertEquals([isUri("c://x", "windows"), isUri("c://x", "posix"), isUri("s3://x", "windows")], [
    false,
    true,
    true,
  ]);
});

Deno.test("every absolute path comes back from its URI, and from the forms that it can be written in", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const random = seededRandom(seed);
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const names = ["a", "b c", "%20", "é", "e\u0301", "#x?", "\u{1f600}", "C", "..x", "server", "?", "wsl$"];
  const roots = { posix: ["/"], windows: ["C:/", "Z:/", "//server/share/", "//10.0.0.1/c$/"] } as const;
  for (let round = 0; round < 2000; round++) {
    const platform = pick(["posix", "windows"] as const);
    const root: string = pick(roots[platform]);
    const path = root + Array.from({ length: Math.floor(random() * 4) }, () => pick(names)).join("/");
    const told = `seed ${seed}: ${platform} ${path}`;
    assertEquals(pathOfUri(uriPathOf(path, platform), platform), path, told);
    assertEquals(rootOf(path, platform), root, told);
    assertEquals(localPath(path, platform), path, told);
    let at = path;
    for (let steps = path.split("/").length; !isRoot(at, platform); steps--) {
      const above = directoryOf(at, platform);
      assertEquals(pathFrom(above, at.slice(basePath(above).length + 1), platform), at, told);
      at = above;
      if (steps < 0) throw new Error(told);
    }
    assertEquals(at, root, told);
    if (platform === "posix") continue;
    const backward = path.replaceAll("/", "\\");
    const verbatim = backward.startsWith("\\\\") ? `\\\\?\\UNC${backward.slice(1)}` : `\\\\?\\${backward}`;
    assertEquals(localPath(backward, platform), path, told);
    assertEquals(localPath(verbatim, platform), path, told);
  }
});
