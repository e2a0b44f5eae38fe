import { type CallName, localPath, NotFoundError } from "@lade/core/backend";
import { errorCode, fileError } from "../files/file_error.ts";
import { system } from "@lade/core/system";
import { type FileStatus, statusOf } from "../files/file_status.ts";
import type { ReadableFile } from "../files/medium.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import type { Tree } from "../tree/tree.ts";

/** An object's file, open. */
export interface OpenedObject {
  readonly file: ReadableFile;
  readonly status: FileStatus;
}

/** A file that was opened, and its path without links where that has to be checked. */
interface OpenedFile extends OpenedObject {
  readonly real: string | undefined;
}

/**
 * Opens a key's file and checks that links do not lead out. All in one go, so that a cached file costs one turn at
 * the gate, and no promise. The status of the name is read before it is opened, since opening a pipe would wait
 * for a writer. A file right below the root needs no look at its real path: it is the one that was seen to be no link.
 */
export function openObject(
  setup: LocalSetup,
  subject: CallName,
  path: string,
): OpenedObject | Promise<OpenedObject> {
  const opened = setup.gate.run(
    () => openNow(setup, subject, path),
    () => openLater(setup, subject, path),
  );
  if (!(opened instanceof Promise)) return checkOpened(setup, subject, path, opened);
  return opened.then((opened) => checkOpened(setup, subject, path, opened));
}

function openNow({ tree, medium }: LocalSetup, subject: CallName, path: string): OpenedFile {
  const look = system.lstatSync(path);
  checkLook(subject, look.isSymlink ? system.statSync(path) : look);
  const file = medium.openSync(path);
  try {
    const status = file.statusSync();
    return {
      file,
      status,
      real: mayLeadOut(tree, path, look, status) ? localPath(system.realPathSync(path)) : undefined,
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function openLater({ tree, medium }: LocalSetup, subject: CallName, path: string): Promise<OpenedFile> {
  const look = await system.lstat(path);
  checkLook(subject, look.isSymlink ? await system.stat(path) : look);
  const file = await medium.open(path);
  try {
    const status = await file.status();
    return {
      file,
      status,
      real: mayLeadOut(tree, path, look, status) ? localPath(await system.realPath(path)) : undefined,
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Only what is a file is opened. */
function checkLook(subject: CallName, info: Deno.FileInfo): void {
  if (!info.isFile) throw notAnObject(subject, statusOf(info));
}

/** Whether the file that was opened at `path` may be another one than the status was of, or lie behind a link. */
function mayLeadOut(tree: Tree, path: string, look: Deno.FileInfo, status: FileStatus): boolean {
  return tree.isGuarded && (look.isSymlink || look.ino !== status.ino || !tree.isRightBelow(path));
}

function checkOpened(
  { tree }: LocalSetup,
  subject: CallName,
  path: string,
  opened: OpenedFile,
): OpenedObject | Promise<OpenedObject> {
  const { file, status, real } = opened;
  if (status.kind !== "file") {
    file.close();
    throw notAnObject(subject, status);
  }
  if (real === undefined) return opened;
  return tree.checkReal(subject, path, real).then(() => opened, (error) => {
    file.close();
    throw error;
  });
}

/** The status of a key's file, if it is an object that may be read. */
export async function statObject(
  { tree, calls }: LocalSetup,
  subject: CallName,
  path: string,
): Promise<FileStatus> {
  const look = await calls.lstat(path);
  if (tree.isGuarded && (look.kind === "link" || !tree.isRightBelow(path))) await tree.check(subject, path);
  const status = look.kind === "link" ? await calls.stat(path) : look;
  if (status.kind !== "file") throw notAnObject(subject, status);
  return status;
}

function notAnObject(subject: CallName, { kind }: FileStatus): NotFoundError {
  const detail = kind === "directory"
    ? "no such object, it is a directory: list it with a slash at its end"
    : "no such object, it is a socket, pipe or device";
  return new NotFoundError({ ...subject, detail });
}

/** What says that nothing has this name. */
export function noSuchObject(subject: CallName, cause?: unknown): NotFoundError {
  return new NotFoundError({ ...subject, detail: "no such object", cause });
}

/** What a read failed with: a missing file is a missing object. */
export function readError(error: unknown, subject: CallName, signal?: AbortSignal): unknown {
  return errorCode(error) === "ENOENT" ? noSuchObject(subject, error) : fileError(error, subject, signal);
}
