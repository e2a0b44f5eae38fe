/** What an option may be, where that is checked by its name: `"any"` is what whoever takes it checks. */
export type OptionKind = "any" | "boolean" | "function" | "signal";

const KINDS: Readonly<Record<Exclude<OptionKind, "any">, (value: unknown) => string | undefined>> = {
  boolean: (value) => typeof value === "boolean" ? undefined : "true or false is needed",
  function: (value) => typeof value === "function" ? undefined : "a function is needed",
  // As stores take none for it.
  signal: (value) => value === null || value instanceof AbortSignal ? undefined : "an AbortSignal is needed",
};

/**
 * Throws a `TypeError` for options that are no object, for one that is not known, which would do nothing, and for one of
 * another kind. `undefined` is as good as none. The operation completes "Cannot …".
 */
export function checkOptions(
  operation: string,
  given: object,
  kinds: Readonly<Record<string, OptionKind>>,
): void {
  if (typeof given !== "object" || given === null || Symbol.iterator in given || given instanceof Date) {
    throw new TypeError(`Cannot ${operation} with ${optionWords(given)}: an object of names is needed`);
  }
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const known = Object.keys(kinds).join(", ");
      throw new TypeError(`Cannot ${operation} with ${JSON.stringify(name)}: it takes ${known}`);
    }
    const fault = kind === "any" || value === undefined ? undefined : KINDS[kind](value);
    if (fault !== undefined) {
      throw new TypeError(`Cannot ${operation} with ${name} ${optionWords(value)}: ${fault}`);
    }
  }
}

/** Throws a `TypeError` for what is no list; the operation completes "Cannot …". */
export function needList(operation: string, given: unknown, what: string): void {
  if (Array.isArray(given)) return;
  throw new TypeError(`Cannot ${operation} ${optionWords(given)}: a list of ${what} is needed`);
}

/** What was given for an option, for messages: a value of any type in a few words. */
export function optionWords(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : `a ${value.constructor?.name ?? "object"}`;
}
