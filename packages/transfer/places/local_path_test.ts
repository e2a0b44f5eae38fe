import { assertEquals, assertThrows } from "@std/assert";
import { InvalidNameError } from "@lade/core";
import { posix } from "node:path";
import { directoryUri, fileUri, fileUriBy, type PathCalls } from "./local_path.ts";

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

Deno.test("fileUri() follows a link before it goes up from it, as the system does", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/elsewhere/directory`, { recursive: true });
    await Deno.symlink(`${root}/elsewhere/directory`, `${root}/link`);
    await Deno.symlink("nowhere", `${root}/broken`);
    await Deno.writeTextFile(`${root}/file`, "");
    assertEquals(fileUri(`${root}/link/../x`), `file://${root}/elsewhere/x`);
    assertEquals(directoryUri(`${root}/link/..`), `file://${root}/elsewhere/`);
    assertEquals(fileUri(`${root}/link/./../../x`), `file://${root}/x`);
    assertEquals(fileUri(`${root}/link/sub`), `file://${root}/link/sub`);
    assertEquals(fileUri(`${root}/missing/../x`), `file://${root}/x`);
    assertThrows(() => fileUri(`${root}/broken/../x`), InvalidNameError, "write the path without it");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

function withSlash(path: string): string {
  return path === "/" ? "file:///" : `file://${path}/`;
}

Deno.test("fileUri() refuses what is nearly a URI, and takes the path of that name when it is written as one", () => {
  for (const path of ["s3:/b/k", "S3:b", "file:/x", "gs:/b", " s3://b/k"]) {
    const error = assertThrows(() => fileUri(path), InvalidNameError, "it is nearly a URI, write");
    assertEquals(error.uri, path);
    assertEquals(fileUri(`./${path}`).endsWith(posix.resolve(path)), true);
  }
});

/** A Windows whose working directory is `C:\\work\\here`, with a link `C:\\link` to `D:\\far\\away`. */
const WINDOWS: PathCalls = {
  platform: "windows",
  cwd: () => "C:\\work\\here",
  realPath: (path) => path.replaceAll("/", "\\").replace(/^C:\\link/, "\\\\?\\D:\\far\\away"),
  isLink: () => false,
};

Deno.test("fileUri() takes every form of a path of Windows", () => {
  const cases: readonly (readonly [path: string, uri: string])[] = [
    ["C:\\data\\x", "file:///C:/data/x"],
    ["c:/data/x/", "file:///C:/data/x/"],
    ["C:\\data\\", "file:///C:/data/"],
    ["D:\\", "file:///D:/"],
    ["C://data", "file:///C:/data"],
    ["\\\\?\\C:\\data", "file:///C:/data"],
    ["\\\\server\\share\\x", "file://server/share/x"],
    ["\\\\server\\share", "file://server/share/"],
    ["//server/share/a/../../..", "file://server/share/"],
    ["data\\x", "file:///C:/work/here/data/x"],
    [".\\data", "file:///C:/work/here/data"],
    ["..\\x", "file:///C:/work/x"],
    ["..\\..\\..\\x", "file:///C:/x"],
    ["\\x", "file:///C:/x"],
    ["/x", "file:///C:/x"],
    ["C:\\link\\..\\x", "file:///D:/far/x"],
    ["a b%20\\é", "file:///C:/work/here/a b%20/é"],
    ["", "file:///C:/work/here"],
  ];
  for (const [path, uri] of cases) assertEquals(fileUriBy(path, WINDOWS), uri, path);
  const onShare = { ...WINDOWS, cwd: () => "\\\\server\\share\\dir" };
  assertEquals(fileUriBy("\\x", onShare), "file://server/share/x");
  assertEquals(fileUriBy("..\\..\\x", onShare), "file://server/share/x");
  for (const path of ["C:x", "C:", "\\\\server", "\\\\.\\NUL"]) {
    assertThrows(() => fileUriBy(path, WINDOWS), InvalidNameError, undefined, path);
  }
});

Deno.test("elsewhere fileUri() takes a backslash and a drive for a part of a name", () => {
  const posix = { ...WINDOWS, platform: "posix", cwd: () => "/work" } as const;
  assertEquals(fileUriBy("C:\\data", posix), "file:///work/C:\\data");
  assertEquals(fileUriBy("\\\\server\\share", posix), "file:///work/\\\\server\\share");
});
