/** The directories that a name lies in, from the top, without a slash at their ends. */
export function* directoriesAbove(name: string): Generator<string, void, void> {
  for (let end = name.indexOf("/"); end >= 0; end = name.indexOf("/", end + 1)) yield name.slice(0, end);
}
