/**
 * Whether two values are deeply equal, as `equal` of `@std/assert` has it: `NaN` equals itself, `0` equals `-0`, a
 * member that is `undefined` differs from one that is absent, and the constructors must be the same.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

type Seen = Map<object, unknown>;

function compare(a: unknown, b: unknown, seen: Seen): boolean {
  if (Object.is(a, b) || (typeof a === "number" && a === b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (!sameConstructor(a, b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof WeakRef && b instanceof WeakRef) return compare(a.deref(), b.deref(), seen);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return firstDifference(a, b) === undefined;
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return firstDifference(new Uint8Array(a), new Uint8Array(b)) === undefined;
  }
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Map && b instanceof Map) return sameEntries([...a], [...b], seen);
  if (a instanceof Set && b instanceof Set) return sameEntries([...a].map(alone), [...b].map(alone), seen);
  return sameMembers(a, b, seen);
}

/** Index of the first byte in which two arrays differ, their shorter length when one begins with the other. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return i;
  }
  return a.length === b.length ? undefined : length;
}

function sameConstructor(a: object, b: object): boolean {
  return a.constructor === b.constructor ||
    a.constructor === Object && !b.constructor ||
    !a.constructor && b.constructor === Object;
}

function alone(value: unknown): [unknown, undefined] {
  return [value, undefined];
}

function sameEntries(a: [unknown, unknown][], b: [unknown, unknown][], seen: Seen): boolean {
  if (a.length !== b.length) return false;
  const byKey = new Map(b);
  const rest: [unknown, unknown][] = [];
  for (const [key, value] of a) {
    // A copy: what differs here must not count as seen when it is compared again.
    if (byKey.has(key) && compare(value, byKey.get(key), new Map(seen))) byKey.delete(key);
    else rest.push([key, value]);
  }
  // What is left can only match by the deep equality of its keys.
  for (const [key, value] of rest) {
    const match = [...byKey].find(([k, v]) =>
      compare(key, k, new Map(seen)) && compare(value, v, new Map(seen))
    );
    if (!match) return false;
    byKey.delete(match[0]);
  }
  return true;
}

function sameMembers(a: object, b: object, seen: Seen): boolean {
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  const keys = memberKeys(a);
  if (keys.length !== memberKeys(b).length) return false;
  return keys.every((key) => key in b && compare(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function memberKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
