import type { RemovedEntry } from "@lade/core";
import { InvalidNameError, NotEmptyError } from "@lade/core/backend";
import { parallelResults } from "@lade/core/concurrency";
import { errorCode, fileError } from "../files/file_error.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { type Entry, readEntries, subjectOf, type TreeWalk } from "./read_entries.ts";
import { beginWalk, surveyTree } from "./walk_tree.ts";

/** Removals in flight. */
const IN_FLIGHT = 16;
/** Times a directory is read again because something new was written to it. */
const MOST_PASSES = 10;

/**
 * Removes everything under a prefix: links as links, sockets and unfinished writes too, and directories when they are
 * empty. It has walked the whole tree before it removes the first file, so that nothing is removed where a directory
 * may not be read. Each removal is yielded; one that fails keeps its directories.
 */
export async function* removeTree(
  setup: LocalSetup,
  prefix: string,
  keepDirectory: boolean | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<RemovedEntry, void, void> {
  const walk = await beginWalk(setup, "remove", prefix, signal);
  if (!walk) return;
  await surveyTree(walk, prefix);
  yield* removeBelow(walk, prefix, prefix === "" || keepDirectory);
}

/** Removes a link, file or anything else but a directory; what is gone already counts as removed. */
export async function removeEntry(
  setup: LocalSetup,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls, tree, config, retired } = setup;
  const subject = tree.subject("remove", key);
  const path = tree.path(key);
  try {
    signal?.throwIfAborted();
    await calls.present(tree.check(subject, directoryOf(path)));
    const status = await calls.present(calls.lstat(path));
    if (status?.kind === "directory") {
      throw new InvalidNameError({ ...subject, detail: "it is a directory" });
    }
    if (!status) return;
    await calls.present(calls.remove(path));
    if (status.kind === "file") retired.add(status);
    if (config.sync === "full") await calls.syncDirectory(directoryOf(path));
  } catch (error) {
    throw fileError(error, subject, signal);
  }
}

/** Removes what is below a directory, and then the directory unless that is kept. Returns whether it all went. */
async function* removeBelow(
  walk: TreeWalk,
  directory: string,
  isKept = false,
): AsyncGenerator<RemovedEntry, boolean, void> {
  for (let pass = 1;; pass++) {
    const entries = await readEntries(walk, directory);
    let isWhole = true;
    for await (const result of removeEach(walk, directory, entries)) {
      if (result.error) isWhole = false;
      yield result;
    }
    for (const { name, kind } of entries) {
      if (kind === "directory" && !(yield* removeBelow(walk, `${directory}${name}/`))) isWhole = false;
    }
    if (!isWhole) return false;
    if (isKept) return true;
    const failure = await removeDirectory(walk, directory);
    if (!failure) {
      yield { key: directory, kind: "directory" };
      return true;
    }
    if (failure instanceof NotEmptyError && pass < MOST_PASSES) continue;
    yield { key: directory, kind: "directory", error: failure };
    return false;
  }
}

/** Removes what is no directory, a few at a time. What was removed is yielded before a signal ends it. */
function removeEach(
  { setup, signal }: TreeWalk,
  directory: string,
  entries: readonly Entry[],
): AsyncGenerator<RemovedEntry, void, void> {
  const files = entries.filter(({ kind }) => kind !== "directory");
  return parallelResults(files, IN_FLIGHT, async ({ name, kind }) => {
    const key = directory + name;
    try {
      await removeEntry(setup, key, undefined);
      return { key, kind };
    } catch (error) {
      return { key, kind, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }, signal);
}

async function removeDirectory(walk: TreeWalk, directory: string): Promise<Error | undefined> {
  const { calls, tree } = walk.setup;
  try {
    await calls.remove(tree.path(directory.slice(0, -1)));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    const known = fileError(error, subjectOf(walk, directory));
    return known instanceof Error ? known : new Error(String(known));
  }
  return undefined;
}
