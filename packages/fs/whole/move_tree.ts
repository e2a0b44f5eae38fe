import type { MovedEntry, MoveTreeOptions, TreeEntry } from "@lade/core";
import { AlreadyExistsError, InvalidNameError, isRoot, NotFoundError } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { errorCode, fileError } from "../files/file_error.ts";
import { identityOf } from "../files/file_status.ts";
import { takeOwner } from "../write/copy_content.ts";
import { moveFile } from "../write/move_file.ts";
import { ensureDirectory } from "../tree/ensure_directory.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { mountPointOf } from "./mount_points.ts";
import { moveLink } from "./move_link.ts";
import { readEntries, type TreeWalk } from "./read_entries.ts";
import { beginWalk, surveyTree } from "./walk_tree.ts";

/** A move of a tree. */
interface TreeMove {
  readonly walk: TreeWalk;
  readonly options: MoveTreeOptions;
}

/**
 * Moves what lies in a directory into another one: links as links, empty directories too. A directory that is not there
 * yet is made by giving the old one its name, in one step; else what it holds is moved one by one. To another file
 * system everything is copied and then removed. What fails, or stays since it exists, keeps its directories.
 *
 * Where it goes one by one, the whole tree has been walked before the first file is moved.
 */
export async function* moveTree(
  setup: LocalSetup,
  from: string,
  to: string,
  options: MoveTreeOptions,
): AsyncGenerator<MovedEntry, void, void> {
  const walk = await beginWalk(setup, "move", from, options.signal);
  if (!walk) {
    throw new NotFoundError({ ...setup.tree.subject("move", from), detail: "no such directory" });
  }
  const move = { walk, options };
  const renamed = await renameDirectory(move, from, to);
  if (renamed) return yield renamed;
  await surveyTree(walk, from, await loopWatch(walk, from, to));
  yield* mergeDirectory(move, from, to);
}

/**
 * Looks, directory by directory, whether one of the trees lies in the other by another name, as one that is mounted twice
 * does: no path shows that, and the move would go on in what it has moved.
 */
async function loopWatch(
  { setup, operation }: TreeWalk,
  from: string,
  to: string,
): Promise<(directory: string) => Promise<void>> {
  const { calls, tree } = setup;
  const identityAt = async (path: string) => {
    const status = await calls.present(calls.stat(path)).catch(() => undefined);
    return status?.kind === "directory" ? identityOf(status) : undefined;
  };
  const source = await identityAt(pathOf(setup, from));
  let at = pathOf(setup, to);
  let target = await identityAt(at);
  while (target === undefined && !isRoot(at)) target = await identityAt(at = directoryOf(at));
  return async (directory) => {
    if (directory === from) return;
    const [one, other] = [directory, to + directory.slice(from.length)];
    const isWithin = target !== undefined && await identityAt(pathOf(setup, one)) === target;
    if (!isWithin && (source === undefined || await identityAt(pathOf(setup, other)) !== source)) return;
    const subject = tree.subject(operation, from);
    const inner = JSON.stringify(tree.subject("", isWithin ? to : from).uri);
    const outer = JSON.stringify(tree.subject("", isWithin ? one : other).uri);
    throw new InvalidNameError({ ...subject, detail: `${inner} and ${outer} are one directory` });
  };
}

/** Moves what a directory holds into one that exists or is made, and then removes it. Returns whether all of it went. */
async function* mergeDirectory(
  move: TreeMove,
  from: string,
  to: string,
): AsyncGenerator<MovedEntry, boolean, void> {
  const { walk, options: { dryRun = false, signal } } = move;
  const { setup } = walk;
  const entry = { key: from, to, kind: "directory" as const };
  const made = await tried(move, entry, () => dryRun ? Promise.resolve() : makeDirectory(setup, from, to));
  if (made.error) {
    yield made;
    return false;
  }
  let isWhole = true;
  for (const { name, kind } of await readEntries(walk, from)) {
    signal?.throwIfAborted();
    const next = { key: from + name, to: to + name, kind };
    if (kind === "directory") {
      const below = { key: `${next.key}/`, to: `${next.to}/` };
      const renamed = await renameDirectory(move, below.key, below.to);
      if (renamed) yield renamed;
      isWhole = (renamed ? !renamed.error : yield* mergeDirectory(move, below.key, below.to)) && isWhole;
      continue;
    }
    const moved = await moveEntry(move, next);
    isWhole &&= !moved.error && !moved.isKept;
    yield moved;
  }
  if (!isWhole || dryRun) return isWhole;
  const removed = await tried(move, entry, async () => {
    await refuseReplaced(setup, from, "directory");
    await setup.calls.remove(pathOf(setup, from));
  });
  if (removed.error) yield removed;
  return !removed.error;
}

/** Gives a directory a name that is free. Nothing where it is taken, or on another file system. */
async function renameDirectory(
  { walk, options }: TreeMove,
  from: string,
  to: string,
): Promise<MovedEntry | undefined> {
  const { setup, device, operation } = walk;
  const { calls, tree, config } = setup;
  const [source, target] = [pathOf(setup, from), pathOf(setup, to)];
  const entry = { key: from, to, kind: "directory" as const };
  const subject = tree.subject(`${operation} to`, to);
  try {
    const present = await calls.present(calls.lstat(target));
    const behind = present?.kind === "link" ? await calls.present(calls.stat(target)) : present;
    if (behind?.kind === "directory") return undefined;
    if (present) {
      const detail = "it is no directory, and the source is one";
      throw new InvalidNameError({ ...subject, detail });
    }
    const above = await directoryAbove(setup, target);
    if (above?.device !== device) return undefined;
    if (options.dryRun) {
      const [here, there] = [await calls.realPath(source), await calls.realPath(above.path)];
      return mountPointOf(here) === mountPointOf(there) ? entry : undefined;
    }
    await ensureDirectory(setup, subject, directoryOf(target));
    await tree.check(tree.subject(operation, from), directoryOf(source));
    await calls.rename(source, target);
    if (config.sync === "full") {
      await calls.syncDirectory(directoryOf(target));
      await calls.syncDirectory(directoryOf(source));
    }
    return entry;
  } catch (error) {
    if (errorCode(error) === "EXDEV") return undefined;
    const known = fileError(error, subject, options.signal);
    if (known instanceof Error) return { ...entry, error: known };
    throw error;
  }
}

/** The directory nearest above a path, and its device. */
async function directoryAbove(
  { calls }: LocalSetup,
  path: string,
): Promise<{ readonly path: string; readonly device: number } | undefined> {
  for (let at = directoryOf(path);; at = directoryOf(at)) {
    const status = await calls.present(calls.stat(at));
    if (status) return { path: at, device: status.dev };
    if (isRoot(at)) return undefined;
  }
}

async function moveEntry(move: TreeMove, entry: TreeEntry & { readonly to: string }): Promise<MovedEntry> {
  const { walk: { setup }, options: { createOnly = false, dryRun = false, signal } } = move;
  const { calls, tree } = setup;
  const [from, to] = [tree.path(entry.key), tree.path(entry.to)];
  return await tried(move, entry, async () => {
    const target = tree.subject("move to", entry.to);
    if (dryRun) {
      const present = await calls.present(calls.lstat(to));
      if (present && createOnly) throw new AlreadyExistsError({ ...target, detail: "it exists already" });
      if (present?.kind === "directory") {
        throw new InvalidNameError({ ...target, detail: "a directory has this name" });
      }
      return;
    }
    if (entry.kind !== "object") {
      return await moveLink(setup, { ...entry, from, target: to }, createOnly, signal);
    }
    await refuseReplaced(setup, entry.key, "file");
    await moveFile(setup, {
      source: setup,
      subject: tree.subject("move", entry.key),
      target,
      from,
      to,
      options: { ...(createOnly && { ifNoneMatch: "*" }), ...(signal && { signal }) },
    });
  });
}

/** Throws where something else has the name of what the walk has found: a link may lead anywhere. */
async function refuseReplaced(
  { calls, tree }: LocalSetup,
  key: string,
  kind: "directory" | "file",
): Promise<void> {
  if ((await calls.lstat(tree.path(key.replace(/\/$/, "")))).kind === kind) return;
  const detail = `it is no ${kind} any more, and stays`;
  throw new InvalidNameError({ ...tree.subject("move", key), detail, advice: "run it again" });
}

/** What became of an entry: a failure is yielded and does not end the rest. */
async function tried(
  { options: { createOnly, signal }, walk }: TreeMove,
  entry: TreeEntry & { readonly to: string },
  work: () => Promise<void>,
): Promise<MovedEntry> {
  try {
    await work();
    return entry;
  } catch (error) {
    signal?.throwIfAborted();
    if (createOnly && error instanceof AlreadyExistsError) return { ...entry, isKept: true };
    const known = fileError(error, walk.setup.tree.subject("move", entry.key), signal);
    return { ...entry, error: known instanceof Error ? known : new Error(String(known)) };
  }
}

/** Makes the directory that things are moved into, as open as the one they come from, unless it is there. */
async function makeDirectory(setup: LocalSetup, from: string, to: string): Promise<void> {
  const { calls, tree } = setup;
  const target = pathOf(setup, to);
  if (await calls.present(calls.stat(target))) return;
  const subject = tree.subject("move to", to);
  await ensureDirectory(setup, subject, directoryOf(target));
  await system.mkdir(target);
  await takeOwner(setup, target, await calls.lstat(pathOf(setup, from)));
}

function pathOf({ tree }: LocalSetup, prefix: string): string {
  return tree.path(prefix.slice(0, -1));
}
