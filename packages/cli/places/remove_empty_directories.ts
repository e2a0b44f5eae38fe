import { NotEmptyError, NotFoundError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { localPathOf, type Place } from "./place.ts";

/**
 * Removes the directories that a local prefix leaves behind when all its objects are gone. What is no object (a
 * socket, a link that leads elsewhere) keeps its directory, and is a `NotEmptyError`. The working directory stays, and
 * other stores have none.
 */
export async function removeEmptyDirectories(lade: Lade, prefix: Place, signal: AbortSignal): Promise<void> {
  const path = localPathOf(prefix.uri);
  if (path === undefined || path === "/" || await isWorkingDirectory(path)) return;
  try {
    await lade.deleteContainer(prefix.uri, { signal });
  } catch (error) {
    if (error instanceof NotFoundError) return;
    if (!(error instanceof NotEmptyError)) throw error;
    throw new NotEmptyError({
      operation: "remove",
      uri: prefix.uri,
      detail: await whatIsLeft(path),
      cause: error,
    });
  }
}

/** Says what keeps a directory without objects from being removed. */
export async function whatIsLeft(directory: string): Promise<string> {
  const left = await firstLeft(directory.endsWith("/") ? directory : `${directory}/`).catch(() => undefined);
  if (left === undefined) return "the directory holds something that is no object";
  const what = `the directory holds something that is no object, ${JSON.stringify(left)}`;
  return /\/\.lade-[^/]*~tmp$/.test(left)
    ? `${what}: a write is under way, or was killed, and then this file may be removed`
    : what;
}

/** The path of the first name below a directory (whose path ends in a slash) that is none itself. */
async function firstLeft(directory: string): Promise<string | undefined> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!isDirectory) return directory + name;
    const left = await firstLeft(`${directory}${name}/`);
    if (left !== undefined) return left;
  }
  return undefined;
}

async function isWorkingDirectory(path: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([Deno.stat(path), Deno.stat(".")]);
    return one.ino !== null && one.ino === other.ino && one.dev === other.dev;
  } catch {
    // A directory that is gone, or out of reach, is not it.
    return false;
  }
}
