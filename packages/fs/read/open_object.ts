import { NotFoundError } from "@lade/core/backend";
import type { Subject } from "../files/file_error.ts";
import { type FileStatus, statusOf } from "../files/file_status.ts";
import type { ReadableFile } from "../files/medium.ts";
import type { LocalParts } from "../tree/local_parts.ts";

/** An object's file, open. */
export interface OpenedObject {
  readonly file: ReadableFile;
  readonly status: FileStatus;
}

/**
 * Opens a key's file and checks that links do not lead out. All in one go, so that a cached file costs one turn at
 * the gate. What the name stands for is looked at before it is opened, since opening a pipe would wait for a writer.
 * A file right below the root needs no look at its real path: it is the one that was seen to be no link.
 */
export async function openObject(
  { tree, gate, medium }: LocalParts,
  subject: Subject,
  path: string,
): Promise<OpenedObject> {
  let file: ReadableFile | undefined;
  let status: FileStatus;
  let real: string | undefined;
  const quick = gate.enter();
  try {
    let info = quick ? Deno.lstatSync(path) : await Deno.lstat(path);
    const isLink = info.isSymlink;
    if (isLink) info = quick ? Deno.statSync(path) : await Deno.stat(path);
    if (!info.isFile) throw notAnObject(subject, statusOf(info));
    file = quick ? medium.openSync(path) : await medium.open(path);
    status = quick ? file.statusSync() : await file.status();
    if (tree.isGuarded && (isLink || status.ino !== info.ino || !tree.isRightBelow(path))) {
      real = quick ? Deno.realPathSync(path) : await Deno.realPath(path);
    }
  } catch (error) {
    file?.close();
    throw error;
  } finally {
    gate.leave(quick);
  }
  try {
    if (status.kind !== "file") throw notAnObject(subject, status);
    if (real !== undefined) await tree.checkReal(subject, path, real);
  } catch (error) {
    file.close();
    throw error;
  }
  return { file, status };
}

/** The status of a key's file, if it is an object that may be read. */
export async function statObject(
  { tree, gate }: LocalParts,
  subject: Subject,
  path: string,
): Promise<FileStatus> {
  let info: Deno.FileInfo;
  let real: string | undefined;
  const quick = gate.enter();
  try {
    info = quick ? Deno.lstatSync(path) : await Deno.lstat(path);
    if (tree.isGuarded && (info.isSymlink || !tree.isRightBelow(path))) {
      real = quick ? Deno.realPathSync(path) : await Deno.realPath(path);
    }
    if (info.isSymlink) info = quick ? Deno.statSync(path) : await Deno.stat(path);
  } finally {
    gate.leave(quick);
  }
  const status = statusOf(info);
  if (real !== undefined) await tree.checkReal(subject, path, real);
  if (status.kind !== "file") throw notAnObject(subject, status);
  return status;
}

function notAnObject(subject: Subject, { kind }: FileStatus): NotFoundError {
  const detail = kind === "directory"
    ? "no such object, it is a directory: list it with a slash at its end"
    : "no such object, it is a socket, pipe or device";
  return new NotFoundError({ ...subject, detail });
}

/** What says that nothing has this name. */
export function noSuchObject(subject: Subject, cause?: unknown): NotFoundError {
  return new NotFoundError({ ...subject, detail: "no such object", cause });
}
