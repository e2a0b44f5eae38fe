import type { ObjectPlace } from "@lade/core";
import type { FileCalls } from "../tree/file_calls.ts";
import { directoryOf } from "../tree/tree.ts";

/** What both schemes call the files of this machine. */
const SERVICE = "files";

/**
 * Where a path leads: its directory without links, as far as that exists, and its own name; a directory (whose path
 * ends in `/`) wholly without links. What lies there, links followed, is told by device and number.
 */
export async function placeOfPath(calls: FileCalls, path: string): Promise<ObjectPlace> {
  const isDirectory = path.endsWith("/");
  const bare = path.replace(/(?<=.)\/+$/, "");
  const real = isDirectory
    ? withSlash(await realPathOf(calls, bare))
    : withSlash(await realPathOf(calls, directoryOf(bare))) + bare.slice(bare.lastIndexOf("/") + 1);
  const status = await calls.present(calls.stat(bare)).catch(() => undefined);
  return {
    service: SERVICE,
    container: "",
    key: real,
    ...(status && { identity: `${status.dev}:${status.ino}` }),
  };
}

/** The real path of a directory that need not exist yet. */
async function realPathOf(calls: FileCalls, path: string): Promise<string> {
  let rest = "";
  for (let existing = path;; existing = directoryOf(existing)) {
    const real = await calls.realPath(existing).catch(() => undefined);
    if (real !== undefined) return real.replace(/\/$/, "") + rest || "/";
    if (existing === "/") return path;
    rest = existing.slice(existing.lastIndexOf("/")) + rest;
  }
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
