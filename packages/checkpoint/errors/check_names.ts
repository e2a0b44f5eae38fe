/** Throws a `TypeError` that lists the known names for one that is not known: what is misspelt would do nothing. */
export function checkNames(operation: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new TypeError(`Cannot ${operation} with ${JSON.stringify(name)}: it takes ${known.join(", ")}`);
  }
}
