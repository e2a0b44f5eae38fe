/** Throws a `TypeError` that lists the known names for one that is not known: what is misspelt would do nothing. */
export function checkNames(operation: string, given: object, known: readonly string[]): void {
  for (const [name] of namedValues(operation, given)) {
    if (known.includes(name)) continue;
    throw new TypeError(`Cannot ${operation} with ${JSON.stringify(name)}: it takes ${known.join(", ")}`);
  }
}

/** What an object has by name. A `Map`, a list and what is no object are a `TypeError`: nothing is found there by a name. */
export function namedValues<T>(
  operation: string,
  given: Readonly<Record<string, T>> | object,
): [string, T][] {
  const isNamed = typeof given === "object" && given !== null && !(Symbol.iterator in given);
  if (isNamed) return Object.entries(given);
  const kind = typeof given !== "object" || given === null ? String(given) : `a ${given.constructor.name}`;
  throw new TypeError(`Cannot ${operation} with ${kind}: an object of names is needed`);
}
