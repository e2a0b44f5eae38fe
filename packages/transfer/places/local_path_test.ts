import { assertEquals, assertThrows } from "@std/assert";
import { InvalidNameError } from "@lade/core";
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
