/** The names of benchmarks in what `--list` prints. */
export function readNames(listed: string): string[] {
  return [...listed.matchAll(/^([a-z0-9-]+) /gm)].map(([, name = ""]) => name);
}

/** Those that begin with what is wanted; all where nothing is. None where a checkout has none of them. */
export function chosenNames(wanted: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));
}
