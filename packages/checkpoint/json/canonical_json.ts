/** What JSON holds. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * The one text of a value: names sorted, no space. Equal values have equal texts, whoever writes them. A name whose value is
 * `undefined` is left out, as by `JSON.stringify`. What JSON does not hold, such as NaN, text that is no Unicode, a `Date`, a `Map` or a list with holes, is a `TypeError`.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError(`Cannot write ${JSON.stringify(value)}: it is no text`);
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot write ${value} as JSON`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw new TypeError(`Cannot write a ${typeof value} as JSON`);
  // Not map(), which passes over holes.
  if (isList(value)) return `[${Array.from(value, canonicalJson)}]`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`Cannot write a ${prototype.constructor?.name} as JSON`);
  }
  const fields = Object.keys(value).sort().flatMap((name) => {
    const field = value[name];
    return field === undefined ? [] : `${canonicalJson(name)}:${canonicalJson(field)}`;
  });
  return `{${fields}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
