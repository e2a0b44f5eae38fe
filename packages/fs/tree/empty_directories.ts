import { system } from "@lade/core/system";
import { errorCode } from "../files/file_error.ts";
import type { FileCalls } from "./file_calls.ts";

/**
 * Removes a directory that holds nothing but empty directories, which are no objects. Resolves with whether it is
 * gone; one that holds anything else stays whole.
 */
export async function removeEmptyTree(path: string, calls: FileCalls): Promise<boolean> {
  const directories = await emptyDirectories(path);
  if (!directories) return false;
  try {
    for (const directory of directories.reverse()) await calls.remove(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOTEMPTY") return false;
    throw error;
  }
}

/** A directory and all below it, parents first; nothing where there is anything but directories. */
async function emptyDirectories(root: string): Promise<string[] | undefined> {
  const found = [root];
  for (const path of found) {
    for await (const entry of system.readDir(path)) {
      if (!entry.isDirectory) return undefined;
      found.push(`${path}/${entry.name}`);
    }
  }
  return found;
}
