import type { EntryKind, WalkTreeOptions } from "@lade/core";
import {
  basePath,
  type CallName,
  InvalidNameError,
  PermissionDeniedError,
  PLATFORM,
  windowsNameFault,
} from "@lade/core/backend";
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
  /** The device of the directory where it began; it ends at others, unless it goes past what is in the way. */
  readonly device: number;
  /** Called with what is in the way, and passed over; absent where that ends the walk. */
  readonly onLeftOut?: WalkTreeOptions["onLeftOut"] | undefined;
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
  const { setup: { calls, tree }, onLeftOut, signal } = walk;
  const path = directory === "" ? tree.root : basePath(tree.path(directory));
  const files: Entry[] = [];
  const directories: Entry[] = [];
  try {
    signal?.throwIfAborted();
    if (directory !== "") {
      const status = await calls.present(calls.lstat(path));
      if (status?.kind !== "directory") return [];
      if (!onLeftOut) refuseMount(walk, directory, status);
    }
    const { first, others } = await openDirectory(walk.setup.context, path, signal);
    try {
      for (let entry = first; !entry.done; entry = await others.next()) {
        const { name, isFile, isDirectory, isSymlink } = entry.value;
        signal?.throwIfAborted();
        const isDoubtful = name.includes(REPLACED) || PLATFORM === "windows";
        const detail = isDoubtful ? await nameFault(walk, `${path}/${name}`, name) : undefined;
        if (detail !== undefined) {
          if (!onLeftOut) throw new InvalidNameError({ ...subjectOf(walk, directory + name), detail });
          onLeftOut({ key: directory + name, reason: detail, hasBytes: true });
        } else if (isDirectory) directories.push({ name, kind: "directory" });
        else {
          const kind = isSymlink ? "link" : isFile && !isUnfinishedName(name) ? "object" : "other";
          files.push({ name, kind });
        }
      }
    } finally {
      await others.return?.();
    }
  } catch (error) {
    if (GONE.has(errorCode(error) ?? "") && directory !== "") return [];
    const failed = fileError(error, subjectOf(walk, directory), signal);
    if (!onLeftOut || !(failed instanceof PermissionDeniedError)) throw failed;
    onLeftOut({ key: directory, reason: failed.detail, hasBytes: true, error: failed });
    return [];
  }
  return [...files.sort(byName), ...directories.sort(byName)];
}

/** Why nothing can be found by a name. */
async function nameFault(
  { setup: { calls } }: TreeWalk,
  path: string,
  name: string,
): Promise<string | undefined> {
  if (name.includes(REPLACED) && !await calls.present(calls.lstat(path))) {
    return "its name is not UTF-8, rename it";
  }
  const fault = PLATFORM === "windows" ? windowsNameFault(name) : undefined;
  return fault && `its name ${fault}, so that Windows takes it for another one: rename it`;
}

function refuseMount(walk: TreeWalk, directory: string, { dev }: FileStatus): void {
  if (dev === walk.device) return;
  const detail = "another file system is mounted there, unmount it first";
  throw new InvalidNameError({ ...subjectOf(walk, directory), detail });
}

function byName(one: Entry, other: Entry): number {
  return one.name < other.name ? -1 : 1;
}
