import { localPath, PLATFORM, type Platform, rootOf } from "@lade/core/backend";

/** Where a user's files of one kind are, by variables of the environment. */
export interface UserDirectory {
  /** The variable that names the very directory. */
  readonly own: string;
  /** The variable of the XDG Base Directory Specification, of whose directory `lade` is one. */
  readonly shared: string;
  /** The directory in the user's home where the other variables are not set. */
  readonly inHome: string;
}

/** The directory, in the user's home (`HOME`, on Windows also `USERPROFILE`) as a rule; `undefined` where none of the variables is set. `read` gives variables. */
export function userDirectory(
  read: (name: string) => string | undefined,
  { own, shared, inHome }: UserDirectory,
  platform: Platform = PLATFORM,
): string | undefined {
  const [named, base, home] = [own, shared, "HOME"].map((name) => pathIn(read(name), platform));
  if (named !== undefined) return named;
  // A relative one is to be ignored, as its specification has it.
  if (base !== undefined && rootOf(base, platform) !== "") return `${base}/lade`;
  const user = home ?? (platform === "windows" ? pathIn(read("USERPROFILE"), platform) : undefined);
  return user === undefined ? undefined : `${user}/${inHome}/lade`;
}

function pathIn(variable: string | undefined, platform: Platform): string | undefined {
  return variable ? localPath(variable, platform) : undefined;
}
