import { assertEquals } from "@std/assert";
import { posix } from "node:path";
import { directoryUri, fileUri } from "./local_path.ts";

const PATHS = [
  "",
  ".",
  "..",
  "../..",
  "a",
  "a/b",
  "./a//b",
  "a/./b/../c",
  "../a",
  "a b%20é*",
  "-x",
  "...",
  ".a",
  "~",
];

Deno.test("fileUri() and directoryUri() resolve every path as node:path does", () => {
  for (const path of [...PATHS, ...PATHS.map((path) => `/${path}`), "//a", "/../../a", "/a/../../.."]) {
    const absolute = posix.resolve(path);
    assertEquals(
      fileUri(path),
      `file://${absolute}${path.endsWith("/") && absolute !== "/" ? "/" : ""}`,
      path,
    );
    const slash = path === "" ? "/" : `${path}/`;
    assertEquals(fileUri(slash), slash === "/" ? "file:///" : withSlash(absolute), slash);
    assertEquals(directoryUri(path), withSlash(absolute), path);
  }
});

function withSlash(path: string): string {
  return path === "/" ? "file:///" : `file://${path}/`;
}
