import { userDirectory } from "../places/user_directory.ts";

/**
 * The directory of journals: `jobs` in `LADE_STATE_DIR`, else in `lade` in `XDG_STATE_HOME`, else in `~/.local/state/lade`.
 * `undefined` where none of these variables is set. `read` gives variables.
 */
export function jobsDirectory(read: (name: string) => string | undefined): string | undefined {
  const directory = userDirectory(read, {
    own: "LADE_STATE_DIR",
    shared: "XDG_STATE_HOME",
    inHome: ".local/state",
  });
  return directory === undefined ? undefined : `${directory.replace(/\/+$/, "")}/jobs`;
}
