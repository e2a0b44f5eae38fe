import {
  type CallName,
  checkListOptions,
  InvalidNameError,
  isRoot,
  type LeftOut,
  type ListOptions,
  NotFoundError,
  type ObjectMeta,
  PermissionDeniedError,
} from "@lade/core/backend";
import { system } from "@lade/core/system";
import { errorCode, fileError } from "../files/file_error.ts";
import { type FileStatus, isSameFile, metaOf, statusOf } from "../files/file_status.ts";
import { segmentFault } from "../names/path_fault.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { isInWindow, KeyWindow } from "./key_window.ts";
import { type NoObject, readNames } from "./read_names.ts";

/** Files whose status is asked for concurrently. */
const BATCH = 64;
/** What the status of one cached file takes, generously. */
const STATUS_MS = 0.01;

interface Frame {
  /** Empty, or ending in `/`. */
  readonly directory: string;
  readonly names: string[];
  next: number;
}

/**
 * Lists the files below a root in the order of their keys. Directories that cannot hold a wanted key are not read. It
 * holds the names of the directories it is in, which is all that an ordered walk needs, and no more of their status
 * than one batch. Files that vanish meanwhile are left out; but a listing whose root is gone at its end, or is another
 * directory, is a `NotFoundError`: what was not found may be there all the same.
 */
export async function* listObjects(
  setup: LocalSetup,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ObjectMeta, void, void> {
  const { signal, startAfter = "", onLeftOut } = options;
  const keys = new KeyWindow(prefix, startAfter);
  const subject = setup.tree.subject("list", prefix);
  checkListOptions(subject.uri, options);
  const stack: Frame[] = [];
  const enter = async (directory: string) => {
    try {
      let isEmpty = startAfter === "";
      const telling = onLeftOut && ((leftOut: LeftOut) => {
        isEmpty = false;
        onLeftOut(leftOut);
      });
      const reading = { ...options, ...(telling && { onLeftOut: telling }) };
      const names = await namesIn(setup, directory, keys, reading);
      if (names.length === 0 && stack.length > 0 && isEmpty) {
        onLeftOut?.({ key: directory, reason: "it is an empty directory", hasBytes: false });
      }
      stack.push({ directory, names, next: 0 });
    } catch (error) {
      // Where the listing begins, nothing would be left of it.
      if (stack.length === 0 || !onLeftOut || !(error instanceof PermissionDeniedError)) throw error;
      onLeftOut(closed(directory, error));
    }
  };
  const start = await startOf(setup, subject, keys.directory, startAfter, signal);
  if (!start) return;
  await enter(keys.directory);
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const { directory, names } = frame;
    const name = names[frame.next];
    if (name === undefined) stack.pop();
    else if (name.endsWith("/")) {
      frame.next++;
      await enter(directory + name);
    } else {
      const end = endOfFiles(names, frame.next);
      const files = names.slice(frame.next, end);
      frame.next = end;
      for (const meta of await statAll(setup, directory, files, options)) {
        yield meta;
        signal?.throwIfAborted();
      }
    }
    signal?.throwIfAborted();
  }
  if (start.root) await refuseReplaced(setup, subject, start.root);
}

/** Throws where the root is not the directory any more that it was, moved or unmounted. */
async function refuseReplaced(
  { tree, calls }: LocalSetup,
  subject: CallName,
  before: FileStatus,
): Promise<void> {
  let now: FileStatus | undefined;
  try {
    now = await calls.present(calls.stat(tree.root));
  } catch (error) {
    throw fileError(error, subject);
  }
  if (now && isSameFile(now, before)) return;
  const detail = `${JSON.stringify(tree.root)} was moved, removed or unmounted meanwhile`;
  throw new NotFoundError({ ...subject, detail, advice: "run it again" });
}

/** Where a listing starts. */
interface Start {
  /** The root; absent where that is the root of the system. */
  readonly root: FileStatus | undefined;
}

/** Starts in the directory of a prefix, unless there is nothing to list. A missing root is a `NotFoundError`. */
export async function startOf(
  setup: LocalSetup,
  subject: CallName,
  directory: string,
  startAfter: string,
  signal: AbortSignal | undefined,
): Promise<Start | undefined> {
  const { tree, calls } = setup;
  signal?.throwIfAborted();
  if (!subject.uri.isWellFormed() || !startAfter.isWellFormed()) {
    throw new InvalidNameError({ ...subject, detail: "the prefix is not valid Unicode" });
  }
  try {
    const root = isRoot(tree.root) ? undefined : await calls.present(calls.stat(tree.root));
    if (!isRoot(tree.root) && root?.kind !== "directory") {
      throw new NotFoundError({ ...subject, detail: `there is no directory ${JSON.stringify(tree.root)}` });
    }
    if (directory === "") return { root };
    if (segmentFault(directory.slice(0, -1)) !== undefined) return undefined;
    const path = tree.path(directory.slice(0, -1));
    const present = await calls.present(calls.stat(path));
    if (present) await tree.check(subject, path);
    return present?.kind === "directory" ? { root } : undefined;
  } catch (error) {
    if (errorCode(error) === "ENAMETOOLONG") return undefined;
    throw fileError(error, subject, signal);
  }
}

/** The sorted names in a directory that may be or hold wanted keys. */
export async function namesIn(
  setup: LocalSetup,
  directory: string,
  keys: KeyWindow,
  { signal, onLeftOut }: ListOptions,
): Promise<string[]> {
  const window = keys.names(directory);
  const tell = onLeftOut &&
    ((name: string, why: NoObject) => onLeftOut({ ...why, key: directory + name }));
  try {
    return await readNames(setup, setup.tree.path(directory), (name) => {
      signal?.throwIfAborted();
      return isInWindow(name, window);
    }, tell);
  } catch (error) {
    throw fileError(error, setup.tree.subject("list", directory), signal);
  }
}

/** Where the run of files that starts at `start` ends, or a batch of them. */
export function endOfFiles(names: readonly string[], start: number): number {
  let end = start + 1;
  while (end - start < BATCH && names[end]?.endsWith("/") === false) end++;
  return end;
}

/** What a listing has of files in a directory; those that are gone are left out. */
export async function statAll(
  { tree, gate }: LocalSetup,
  directory: string,
  names: readonly string[],
  { signal, onLeftOut }: ListOptions,
): Promise<ObjectMeta[]> {
  const base = tree.path(directory);
  try {
    const statuses = await gate.run(
      () => names.map((name) => statNow(base + name)),
      () => Promise.all(names.map((name) => statLater(base + name))),
      names.length * STATUS_MS,
    );
    const found: ObjectMeta[] = [];
    for (const [i, status] of statuses.entries()) {
      const key = directory + names[i];
      if (status instanceof Error) {
        const error = fileError(status, tree.subject("list", key), signal);
        if (!onLeftOut || !(error instanceof PermissionDeniedError)) throw error;
        onLeftOut(closed(key, error));
      } else if (status?.kind === "file") found.push(metaOf(key, status));
    }
    return found;
  } catch (error) {
    throw fileError(error, tree.subject("list", directory), signal);
  }
}

function closed(key: string, error: PermissionDeniedError): LeftOut {
  const { advice, detail } = error;
  return { key, reason: advice === undefined ? detail : `${detail}; ${advice}`, hasBytes: true, error };
}

function statNow(path: string): FileStatus | Error | undefined {
  try {
    const info = system.lstatSync(path);
    return statusOf(info.isSymlink ? system.statSync(path) : info);
  } catch (error) {
    return unlessGone(error);
  }
}

async function statLater(path: string): Promise<FileStatus | Error | undefined> {
  try {
    const info = await system.lstat(path);
    return statusOf(info.isSymlink ? await system.stat(path) : info);
  } catch (error) {
    return unlessGone(error);
  }
}

/** What else is wrong than that a file is gone. */
function unlessGone(error: unknown): Error | undefined {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
  if (!(error instanceof Error)) throw error;
  return error;
}
