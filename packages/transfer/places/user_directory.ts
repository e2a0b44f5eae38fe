/** Where a user's files of one kind are, by variables of the environment. */
export interface UserDirectory {
  /** The variable that names the very directory. */
  readonly own: string;
  /** The variable of the XDG Base Directory Specification, of whose directory `lade` is one. */
  readonly shared: string;
  /** The directory in the user's home where the other variables are not set. */
  readonly inHome: string;
}

/** The directory; `undefined` where none of the variables is set. `read` gives variables. */
export function userDirectory(
  read: (name: string) => string | undefined,
  { own, shared, inHome }: UserDirectory,
): string | undefined {
  const [named, base, home] = [own, shared, "HOME"].map((name) => read(name) || undefined);
  if (named !== undefined) return named;
  // A relative one is to be ignored, as its specification has it.
  if (base?.startsWith("/")) return `${base}/lade`;
  return home === undefined ? undefined : `${home}/${inHome}/lade`;
}
