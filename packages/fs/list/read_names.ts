import { basePath, compareKeys, isRoot, PLATFORM, windowsNameFault } from "@lade/core/backend";
import { errorCode } from "../files/file_error.ts";
import { type FileStatus, isSameFile } from "../files/file_status.ts";
import { isUnfinishedName } from "../names/temporary_name.ts";
import type { FileCalls } from "../tree/file_calls.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { openDirectory } from "./open_directory.ts";
import { directoryOf } from "../tree/tree.ts";

/** What systems answer where a directory is gone, or no longer is one. */
const GONE = new Set(["ENOENT", "ENOTDIR"]);
/** What systems answer where a link leads nowhere. */
const BROKEN = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"]);
const SURROGATE = /[\ud800-\udfff]/;

/** Stands in names for bytes that are no UTF-8; what has such a name cannot be found by it. */
const REPLACED = "\ufffd";

/** Called with a name that can neither be nor hold objects, and why. */
export type OnLeftOut = (name: string, why: NoObject) => void;

/** Why a name is left out. */
export interface NoObject {
  /** What it stands for. */
  readonly reason: string;
  /** Whether there are bytes to it. */
  readonly hasBytes: boolean;
}

const NO_NAME: NoObject = { reason: "its name is not UTF-8, rename it", hasBytes: true };
const NO_WINDOWS_NAME: NoObject = {
  reason: "Windows takes its name for another one, rename it",
  hasBytes: true,
};
const SPECIAL: NoObject = { reason: "it is a socket, pipe or device", hasBytes: false };
const BROKEN_LINK: NoObject = { reason: "it is a symbolic link that leads nowhere", hasBytes: false };
const CIRCLE: NoObject = { reason: "it is a symbolic link to a directory that it lies in", hasBytes: false };
const CLOSED_LINK: NoObject = {
  reason: "it is a symbolic link to what may not be read",
  hasBytes: true,
};
const NAMELESS_LINK: NoObject = {
  reason: "it is a symbolic link to a name that is not UTF-8, rename that",
  hasBytes: true,
};
const REFUSED_LINK: NoObject = {
  reason: 'it is a symbolic link, and symlinks is set to "refuse"',
  hasBytes: true,
};
const OUTER_LINK: NoObject = {
  reason:
    'it is a symbolic link that leads out of the directory; set symlinks to "follow" (--config file.symlinks=follow) to follow it',
  hasBytes: true,
};

/**
 * The names in a directory that `wants` asks for, as a listing orders them: by their UTF-8 bytes, a directory's with
 * `/` at its end. Sockets, pipes, devices, unfinished writes and links that are broken, not allowed, or lead in a
 * circle are left out. A directory that is gone has no names.
 *
 * The names are all that is held: the system's own order is none, so that they must all be there to be sorted.
 */
export async function readNames(
  setup: LocalSetup,
  directory: string,
  wants: (name: string) => boolean,
  onLeftOut?: OnLeftOut,
): Promise<string[]> {
  const names: string[] = [];
  let isPlain = true;
  const tellLeftOut: OnLeftOut | undefined = onLeftOut && ((name, why) => {
    if (wants(name)) onLeftOut(name, why);
  });
  for await (const { name, type } of entriesOf(setup, directory, tellLeftOut)) {
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

/** What of a directory can be or hold objects, in no order. Unfinished writes are left out without a word. */
export async function* entriesOf(
  setup: LocalSetup,
  directory: string,
  onLeftOut?: OnLeftOut,
): AsyncGenerator<Entry, void, void> {
  try {
    const { first, others } = await openDirectory(setup.context, directory);
    try {
      for (let entry = first; !entry.done; entry = await others.next()) {
        const { name, isFile, isDirectory, isSymlink } = entry.value;
        if (
          name.includes(REPLACED) && !await setup.calls.present(setup.calls.lstat(pathIn(directory, name)))
        ) {
          onLeftOut?.(name, NO_NAME);
        } else if (PLATFORM === "windows" && windowsNameFault(name) !== undefined) {
          onLeftOut?.(name, NO_WINDOWS_NAME);
        } else if (isDirectory) yield { name, type: "directory" };
        else if (isUnfinishedName(name)) continue;
        else if (isFile) yield { name, type: "file" };
        else {
          const type = isSymlink ? await linkType(setup, directory, name) : SPECIAL;
          if (typeof type === "string") yield { name, type };
          else onLeftOut?.(name, type);
        }
      }
    } finally {
      await others.return?.();
    }
  } catch (error) {
    if (!GONE.has(errorCode(error) ?? "")) throw error;
  }
}

async function linkType(
  { tree, calls }: LocalSetup,
  directory: string,
  name: string,
): Promise<Entry["type"] | NoObject> {
  if (tree.policy === "refuse") return REFUSED_LINK;
  const path = pathIn(directory, name);
  try {
    const status = await calls.stat(path);
    if (tree.isGuarded && !await tree.allows(path, await calls.realPath(path))) return OUTER_LINK;
    if (status.kind === "file") return "file";
    if (status.kind !== "directory") return SPECIAL;
    return await isAncestor(calls, directory, status, tree.root) ? CIRCLE : "directory";
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (code === "EACCES") return CLOSED_LINK;
    if (code === "EILSEQ") return NAMELESS_LINK;
    if (BROKEN.has(code)) return BROKEN_LINK;
    throw error;
  }
}

function pathIn(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** Whether `status` is of the directory at `path` or of one above it, up to the root. */
async function isAncestor(
  calls: FileCalls,
  path: string,
  status: FileStatus,
  root: string,
): Promise<boolean> {
  for (let at = isRoot(path) ? path : basePath(path); at.length >= root.length; at = directoryOf(at)) {
    if (isSameFile(await calls.stat(at), status)) return true;
    if (isRoot(at)) break;
  }
  return false;
}
