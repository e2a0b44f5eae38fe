/** Records among the options. */
const RECORDS: ReadonlySet<string> = new Set(["range", "attributes"]);
/** Records whose names are the caller's. */
const NAMED: ReadonlySet<string> = new Set(["metadata", "tags"]);

/**
 * The options of a call as they are now: what the caller changes later in them, or in the range, the times and the
 * attributes among them, the call does not see. A field that is `undefined` is as good as absent. Options that are no
 * object are a `TypeError`.
 */
export function takeOptions<T extends object>(given: T | undefined): T {
  const taken: Record<string, unknown> = {};
  if (given === undefined) return taken as T;
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`Cannot take ${String(given)} for options: an object is needed`);
  }
  // Those that are inherited count as well: whoever reads a field finds them.
  for (const name in given) {
    const value: unknown = given[name];
    if (name === "signal") needSignal(value);
    if (value === undefined) continue;
    if (value instanceof Date) taken[name] = new Date(value);
    else if (RECORDS.has(name) && isPlain(value)) taken[name] = takeOptions(value);
    else taken[name] = NAMED.has(name) && isPlain(value) ? definedOf(value) : value;
  }
  return taken as T;
}

function definedOf(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function needSignal(value: unknown): void {
  if (value === undefined || value === null || value instanceof AbortSignal) return;
  throw new TypeError(
    "Cannot be ended by such a signal: an AbortSignal is needed, which a controller has as its `signal`",
  );
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
