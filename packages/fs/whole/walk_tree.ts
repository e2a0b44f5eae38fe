import type { TreeEntry, WalkTreeOptions } from "@lade/core";
import { InvalidNameError, NotFoundError } from "@lade/core/backend";
import { fileError } from "../files/file_error.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { mountPointBelow } from "./mount_points.ts";
import { readEntries, type TreeWalk } from "./read_entries.ts";

/**
 * Begins a walk at a prefix, unless that is a link, leads out of the root, or has another file system mounted below
 * it, which one with `onLeftOut` enters. `undefined` where there is no such directory; a missing root is a `NotFoundError`.
 */
export async function beginWalk(
  setup: LocalSetup,
  operation: string,
  prefix: string,
  signal: AbortSignal | undefined,
  onLeftOut?: WalkTreeOptions["onLeftOut"],
): Promise<TreeWalk | undefined> {
  const { calls, tree } = setup;
  const subject = tree.subject(operation, prefix);
  try {
    signal?.throwIfAborted();
    if (prefix !== "") {
      const named = await calls.present(calls.lstat(tree.path(prefix.slice(0, -1))));
      if (named?.kind === "link") {
        const detail = "it is a symbolic link";
        const advice = "leave out the slash at its end for the link itself";
        throw new InvalidNameError({ ...subject, detail, advice });
      }
    }
    const path = prefix === "" ? tree.root : tree.path(prefix.slice(0, -1));
    const status = await calls.present(calls.stat(path));
    if (status?.kind !== "directory") {
      if (prefix !== "") return undefined;
      throw new NotFoundError({ ...subject, detail: `there is no directory ${JSON.stringify(tree.root)}` });
    }
    await tree.check(subject, path);
    const mounted = onLeftOut ? undefined : mountPointBelow(await calls.realPath(path));
    if (mounted !== undefined) {
      const detail = `a file system is mounted at ${JSON.stringify(mounted)}`;
      throw new InvalidNameError({ ...subject, detail, advice: "unmount it first" });
    }
    return { setup, operation, device: status.dev, onLeftOut, signal };
  } catch (error) {
    throw fileError(error, subject, signal);
  }
}

/** Yields everything below a directory, its entries before itself. The first directory is yielded unless it is the root. */
export async function* walkTree(walk: TreeWalk, directory: string): AsyncGenerator<TreeEntry, void, void> {
  const entries = await readEntries(walk, directory);
  for (const { name, kind } of entries) {
    walk.signal?.throwIfAborted();
    if (kind === "directory") yield* walkTree(walk, `${directory}${name}/`);
    else yield { key: directory + name, kind };
  }
  if (directory !== "") yield { key: directory, kind: "directory", isEmpty: entries.length === 0 };
}

/** Walks to the end, so that what is in the way is known before anything is changed. `look` is called with each directory. */
export async function surveyTree(
  walk: TreeWalk,
  directory: string,
  look?: (directory: string) => Promise<void>,
): Promise<void> {
  await look?.(directory);
  for (const { name, kind } of await readEntries(walk, directory)) {
    if (kind === "directory") await surveyTree(walk, `${directory}${name}/`, look);
  }
}
