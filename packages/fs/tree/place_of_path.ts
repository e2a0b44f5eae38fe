import type { ObjectPlace } from "@lade/core";
import { identityOf } from "../files/file_status.ts";
import type { FileCalls } from "./file_calls.ts";
import { basePath, directoryOf, isRoot } from "@lade/core/backend";

/** What both schemes call the files of this machine. */
const SERVICE = "files";

/**
 * Where a path leads: the path without links, as far as it exists; that of a directory ends in `/`. What lies there is
 * told by device and number, and of a directory also what is above it: a path that is mounted twice has no one spelling.
 */
export async function placeOfPath(calls: FileCalls, path: string): Promise<ObjectPlace> {
  const isDirectory = path.endsWith("/");
  const bare = withoutSlash(path);
  const real = await realPathOf(calls, bare);
  const status = await calls.present(calls.stat(bare)).catch(() => undefined);
  return {
    service: SERVICE,
    container: "",
    key: isDirectory && !real.endsWith("/") ? `${real}/` : real,
    ...(status && { identity: identityOf(status) }),
    ...(isDirectory && { above: await identitiesAbove(calls, real) }),
  };
}

/** The directories above a real path, the nearest first; an empty text for each that does not exist yet. */
async function identitiesAbove(calls: FileCalls, real: string): Promise<string[]> {
  const identities: string[] = [];
  for (let at = withoutSlash(real); !isRoot(at);) {
    at = directoryOf(at);
    const status = await calls.present(calls.stat(at)).catch(() => undefined);
    identities.push(status ? identityOf(status) : "");
  }
  return identities;
}

/** The real path of what need not exist yet. */
async function realPathOf(calls: FileCalls, path: string): Promise<string> {
  let rest = "";
  for (let existing = path;; existing = directoryOf(existing)) {
    const real = await calls.realPath(existing).catch(() => undefined);
    if (real !== undefined) return rest === "" ? real : basePath(real) + rest;
    if (isRoot(existing)) return path;
    rest = existing.slice(existing.lastIndexOf("/")) + rest;
  }
}

function withoutSlash(path: string): string {
  return isRoot(path) ? path : path.replace(/\/+$/, "");
}
