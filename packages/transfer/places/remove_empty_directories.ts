import { isRoot } from "@lade/core/backend";
import { system } from "@lade/core/system";
import type { UriCalls } from "./uri_calls.ts";
import { removeDirectory } from "./remove_directory.ts";
import { localPathOf, type Place } from "./place.ts";

/**
 * Removes the directories that a local prefix leaves behind when all its objects are gone. What is no object (a
 * socket, a link that leads elsewhere) keeps its directory, and is a `NotEmptyError`. The working directory stays, and
 * other stores have none.
 */
export async function removeEmptyDirectories(
  lade: UriCalls,
  prefix: Place,
  signal: AbortSignal,
): Promise<void> {
  const path = localPathOf(prefix.uri);
  if (path === undefined || isRoot(path) || await isWorkingDirectory(path)) return;
  await removeDirectory(lade, prefix.uri, { signal });
}

async function isWorkingDirectory(path: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([system.stat(path), system.stat(".")]);
    return one.ino !== null && one.ino === other.ino && one.dev === other.dev;
  } catch {
    // A directory that is gone, or out of reach, is not it.
    return false;
  }
}
