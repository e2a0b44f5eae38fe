/** Throws a `TypeError` for a version that is no text, or an empty one, which names none and must not stand for the latest. */
export function checkVersion(operation: string, uri: string, version: string | undefined): void {
  if (version === undefined || (typeof version === "string" && version !== "")) return;
  const given = version === "" ? "empty" : `of type ${typeof version}`;
  throw new TypeError(
    `Cannot ${operation} ${JSON.stringify(uri)}: a version has a name, this one is ${given}`,
  );
}
