import type { EntryKind } from "@lade/core";
import { basePath, type CallName, InvalidNameError, PLATFORM, windowsNameFault } from "@lade/core/backend";
import { errorCode, fileError } from "../files/file_error.ts";
import type { FileStatus } from "../files/file_status.ts";
import { openDirectory } from "../list/open_directory.ts";
import { isUnfinishedName } from "../names/temporary_name.ts";
import type { LocalSetup } from "../tree/local_setup.ts";

/** Stands in names for bytes that are no UTF-8; what has such a name cannot be found by it. */
const REPLACED = "\ufffd";
const GONE = new Set(["ENOENT", "ENOTDIR"]);

/** A name in a directory. */
export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** A walk through a tree of files. */
export interface TreeWalk {
  readonly setup: LocalSetup;
  /** What is being done, for messages: `remove`. */
  readonly operation: string;
  /** The device of the directory where it began; it ends at others. */
  readonly device: number;
  readonly signal: AbortSignal | undefined;
}

/** What messages name of a key. */
export function subjectOf({ setup, operation }: TreeWalk, key: string): CallName {
  return setup.tree.subject(operation, key);
}

/**
 * The names in the directory of a key (empty, or ending in `/`): files and links first, then directories, each in
 * order. One that is gone, or was replaced by a link, has none.
 */
export async function readEntries(walk: TreeWalk, directory: string): Promise<Entry[]> {
  const { setup: { calls, tree }, signal } = walk;
  const path = directory === "" ? tree.root : basePath(tree.path(directory));
  const files: Entry[] = [];
  const directories: Entry[] = [];
  try {
    signal?.throwIfAborted();
    if (directory !== "") {
      const status = await calls.present(calls.lstat(path));
      if (status?.kind !== "directory") return [];
      refuseMount(walk, directory, status);
    }
    const { first, others } = await openDirectory(walk.setup.context, path, signal);
    try {
      for (let entry = first; !entry.done; entry = await others.next()) {
        const { name, isFile, isDirectory, isSymlink } = entry.value;
        signal?.throwIfAborted();
        if (name.includes(REPLACED) && !await calls.present(calls.lstat(`${path}/${name}`))) {
          const detail = "its name is not UTF-8, rename it";
          throw new InvalidNameError({ ...subjectOf(walk, directory + name), detail });
        }
        const fault = PLATFORM === "windows" ? windowsNameFault(name) : undefined;
        if (fault !== undefined) {
          const detail = `its name ${fault}, so that Windows takes it for another one: rename it`;
          throw new InvalidNameError({ ...subjectOf(walk, directory + name), detail });
        }
        if (isDirectory) directories.push({ name, kind: "directory" });
        else {files.push({
            name,
            kind: isSymlink ? "link" : isFile && !isUnfinishedName(name) ? "object" : "other",
          });}
      }
    } finally {
      await others.return?.();
    }
  } catch (error) {
    if (GONE.has(errorCode(error) ?? "") && directory !== "") return [];
    throw fileError(error, subjectOf(walk, directory), signal);
  }
  return [...files.sort(byName), ...directories.sort(byName)];
}

function refuseMount(walk: TreeWalk, directory: string, { dev }: FileStatus): void {
  if (dev === walk.device) return;
  const detail = "another file system is mounted there, unmount it first";
  throw new InvalidNameError({ ...subjectOf(walk, directory), detail });
}

function byName(one: Entry, other: Entry): number {
  return one.name < other.name ? -1 : 1;
}
