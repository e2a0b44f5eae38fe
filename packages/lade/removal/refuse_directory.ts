import type { CallOptions, ObjectStore } from "@lade/core";
import { InvalidNameError, NotFoundError } from "@lade/core/errors";
import { directoryOf, isRoot, localPath, parseUri, pathOfUri } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { isMountPoint } from "./is_mount_point.ts";

/**
 * Throws an `InvalidNameError` for a directory that is not removed: the root, a mount point, the working directory and
 * those it lies in, by whatever name; for a link to a directory, and for a file. A missing one is a `NotFoundError`
 * when it is walked. One that is kept, of which only a part is removed, may be a mount point and the working directory.
 */
export async function refuseDirectory(
  store: ObjectStore,
  operation: string,
  uri: string,
  options: CallOptions & { readonly isKept?: boolean },
): Promise<void> {
  const { isKept = false, ...call } = options;
  const refuse = (detail: string, advice?: string): never => {
    throw new InvalidNameError({ operation, uri, detail, advice });
  };
  const given = pathOfUri(parseUri(uri).rest);
  const path = isRoot(given) ? given : given.replace(/\/+$/, "");
  if (isRoot(path)) refuse("the root directory is not removed");
  const kind = await store.tree?.kindOf("", call);
  if (kind === "link") refuse("it is a symbolic link", "leave out the slash at its end for the link itself");
  if (kind === "object") refuse("it is a file", "leave out the slash at its end");
  if (kind === "other") refuse("it is a socket, pipe or device", "leave out the slash at its end");
  if (kind === undefined || isKept) return;
  const status = await system.stat(path);
  if (await isWorkingDirectory(status)) {
    refuse("the working directory is it or lies in it", "change to another one first");
  }
  if (await isMountPoint(path, status)) refuse("it is a mount point", "name what lies in it");
}

/** Throws a `NotFoundError` where nothing has the name of a directory, and an `InvalidNameError` where something else has. */
export async function needDirectory(
  store: ObjectStore,
  operation: string,
  uri: string,
  call: CallOptions,
): Promise<void> {
  const kind = await store.tree?.kindOf("", call);
  if (!store.tree || kind === "directory") return;
  if (kind === undefined) throw new NotFoundError({ operation, uri, detail: "no such directory" });
  const noun = { link: "a symbolic link", object: "a file", other: "a socket, pipe or device" }[kind];
  throw new InvalidNameError({ operation, uri, detail: `it is ${noun}, no directory` });
}

/** Whether a directory is the working directory or one above it. */
async function isWorkingDirectory(status: Deno.FileInfo): Promise<boolean> {
  const isIt = (other: Deno.FileInfo) => other.ino === status.ino && other.dev === status.dev;
  try {
    for (let path = localPath(await system.realPath("."));; path = directoryOf(path)) {
      if (isIt(await system.stat(path))) return true;
      if (isRoot(path)) return false;
    }
  } catch {
    // A working directory that is gone or out of reach lies nowhere.
    return false;
  }
}
