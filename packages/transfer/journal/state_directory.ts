import { userDirectory } from "../places/user_directory.ts";

/**
 * The directory of the locks by which processes know of each other: `processes` beside that of journals. `undefined` where
 * none of its variables is set. `read` gives variables.
 */
export function processesDirectory(read: (name: string) => string | undefined): string | undefined {
  const directory = stateDirectory(read);
  return directory === undefined ? undefined : `${directory}/processes`;
}

/**
 * The directory of journals: `jobs` in `LADE_STATE_DIR`, else in `lade` in `XDG_STATE_HOME`, else in `~/.local/state/lade`.
 * `undefined` where none of these variables is set. `read` gives variables.
 */
export function jobsDirectory(read: (name: string) => string | undefined): string | undefined {
  const directory = stateDirectory(read);
  return directory === undefined ? undefined : `${directory}/jobs`;
}

function stateDirectory(read: (name: string) => string | undefined): string | undefined {
  return userDirectory(read, {
    own: "LADE_STATE_DIR",
    shared: "XDG_STATE_HOME",
    inHome: ".local/state",
  })?.replace(/\/+$/, "");
}
