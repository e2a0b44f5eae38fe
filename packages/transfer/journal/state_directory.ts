/**
 * The directory of journals: `jobs` in `LADE_STATE_DIR`, else in `lade` in `XDG_STATE_HOME`, else in `~/.local/state/lade`.
 * `undefined` where none of these variables is set. `read` gives variables.
 */
export function jobsDirectory(read: (name: string) => string | undefined): string | undefined {
  const [own, shared, home] = ["LADE_STATE_DIR", "XDG_STATE_HOME", "HOME"].map((name) =>
    read(name) || undefined
  );
  if (own !== undefined) return `${own.replace(/\/+$/, "")}/jobs`;
  // A relative one is to be ignored, as its specification has it.
  if (shared?.startsWith("/")) return `${shared}/lade/jobs`;
  return home === undefined ? undefined : `${home}/.local/state/lade/jobs`;
}
