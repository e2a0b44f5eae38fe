import { system } from "@lade/core/system";
import { errorCode } from "../files/file_error.ts";

/**
 * The paths of all files below a directory, in any order. Links are not followed. A directory that goes meanwhile, or is
 * not there, has no files; a missing `root` is an error of the system. Of the directories right in it only those are
 * entered whose name begins with `start`.
 */
export async function* filesBelow(
  directory: string,
  root: string,
  signal: AbortSignal | undefined,
  start = "",
): AsyncGenerator<string, void, void> {
  signal?.throwIfAborted();
  const directories = [directory];
  for (let path = directories.pop(); path !== undefined; path = directories.pop()) {
    const base = path.endsWith("/") ? path : `${path}/`;
    try {
      for await (const { name, isFile, isDirectory } of system.readDir(path)) {
        signal?.throwIfAborted();
        if (isDirectory && (path !== directory || name.startsWith(start))) directories.push(base + name);
        if (isFile) yield base + name;
      }
    } catch (error) {
      const code = errorCode(error);
      if ((code !== "ENOENT" && code !== "ENOTDIR") || path === root) throw error;
    }
  }
}
