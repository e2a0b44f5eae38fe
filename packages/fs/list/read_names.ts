import { compareKeys } from "@lade/core/backend";
import { errorCode } from "../files/file_error.ts";
import { type FileStatus, isSameFile } from "../files/file_status.ts";
import { isTemporaryName } from "../names/temporary_name.ts";
import type { FileCalls } from "../tree/file_calls.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import { directoryOf } from "../tree/tree.ts";

/** What systems answer where a directory is gone, or no longer is one. */
const GONE = new Set(["ENOENT", "ENOTDIR"]);
/** What systems answer where a link leads nowhere. */
const BROKEN = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EACCES"]);
const SURROGATE = /[\ud800-\udfff]/;

/**
 * The names in a directory that `wants` asks for, as a listing orders them: by their UTF-8 bytes, a directory's with
 * `/` at its end. Sockets, pipes, devices, unfinished writes and links that are broken, not allowed, or lead in a
 * circle are left out. A directory that is gone has no names.
 *
 * The names are all that is held: the system's own order is none, so that they must all be there to be sorted.
 */
export async function readNames(
  parts: LocalParts,
  directory: string,
  wants: (name: string) => boolean,
): Promise<string[]> {
  const names: string[] = [];
  let isPlain = true;
  for await (const { name, type } of entriesOf(parts, directory)) {
    const entry = type === "directory" ? `${name}/` : name;
    if (!wants(entry)) continue;
    names.push(entry);
    isPlain &&= !SURROGATE.test(name);
  }
  // Comparing UTF-16 units orders like UTF-8 where there are no surrogates, and is several times as fast.
  return isPlain ? names.sort() : names.sort(compareKeys);
}

/** A name in a directory, and what it stands for once links are followed. */
export interface Entry {
  readonly name: string;
  readonly type: "file" | "directory";
}

/** What of a directory can be or hold objects, in no order. */
export async function* entriesOf(parts: LocalParts, directory: string): AsyncGenerator<Entry, void, void> {
  try {
    for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(directory)) {
      if (isDirectory) yield { name, type: "directory" };
      else if (isFile && !isTemporaryName(name)) yield { name, type: "file" };
      else if (isSymlink && !isTemporaryName(name)) {
        const type = await linkType(parts, directory, name);
        if (type) yield { name, type };
      }
    }
  } catch (error) {
    if (!GONE.has(errorCode(error) ?? "")) throw error;
  }
}

async function linkType(
  { tree, calls }: LocalParts,
  directory: string,
  name: string,
): Promise<Entry["type"] | undefined> {
  if (tree.policy === "refuse") return undefined;
  const path = directory.endsWith("/") ? directory + name : `${directory}/${name}`;
  try {
    const status = await calls.stat(path);
    if (tree.isGuarded && !await tree.allows(path, await calls.realPath(path))) return undefined;
    if (status.kind === "file") return "file";
    if (status.kind !== "directory") return undefined;
    return await isAncestor(calls, directory, status, tree.root) ? undefined : "directory";
  } catch (error) {
    if (BROKEN.has(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** Whether `status` is of the directory at `path` or of one above it, up to the root. */
async function isAncestor(
  calls: FileCalls,
  path: string,
  status: FileStatus,
  root: string,
): Promise<boolean> {
  for (let at = path.replace(/(?<=.)\/$/, ""); at.length >= root.length; at = directoryOf(at)) {
    if (isSameFile(await calls.stat(at), status)) return true;
    if (at === "/") break;
  }
  return false;
}
