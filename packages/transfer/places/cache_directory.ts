import { userDirectory } from "./user_directory.ts";

/**
 * The directory of caches: `LADE_CACHE_DIR`, else `lade` in `XDG_CACHE_HOME`, else `~/.cache/lade`. `undefined` where none
 * of these variables is set. `read` gives variables.
 */
export function cacheDirectory(read: (name: string) => string | undefined): string | undefined {
  return userDirectory(read, { own: "LADE_CACHE_DIR", shared: "XDG_CACHE_HOME", inHome: ".cache" });
}
