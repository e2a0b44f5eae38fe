/** Throws a `TypeError` for an empty version, which names none and must not stand for the latest. */
export function checkVersion(operation: string, uri: string, version: string | undefined): void {
  if (version !== "") return;
  throw new TypeError(`Cannot ${operation} ${JSON.stringify(uri)}: a version has a name, this one is empty`);
}
