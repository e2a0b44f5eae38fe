/**
 * Stands in for `@std/assert` where JSR cannot be reached: the same names and semantics, with the differences
 * told by `node:assert/strict`.
 *
 * @module
 */
import { describeDifference, show } from "./assert/describe_difference.ts";
import { equal } from "./assert/equal.ts";

export { equal };

type AnyConstructor<T> = abstract new (...args: never[]) => T;

/** What a failed assertion throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

function refuse(problem: string, msg: string | undefined, rest = ""): never {
  throw new AssertionError(`${problem}${msg ? `: ${msg}` : "."}${rest && `\n${rest}`}`);
}

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is false | 0 | "" | null | undefined {
  if (expr) throw new AssertionError(msg);
}

/** Fails always. */
export function fail(msg?: string): never {
  refuse("Failed assertion", msg);
}

/** Fails where the code must never get to. */
export function unreachable(reason?: string): never {
  refuse("Unreachable", reason);
}

/** Fails unless the values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) refuse("Values are not equal", msg, describeDifference(actual, expected));
}

/** Fails if the values are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) refuse(`Expected actual: ${show(actual)} not to be: ${show(expected)}`, msg);
}

/** Fails unless the values are the same by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  if (equal(actual, expected)) {
    refuse("Values have the same structure but are not the same", msg, show(actual));
  }
  refuse("Values are not strictly equal", msg, describeDifference(actual, expected));
}

/** Fails if the values are the same by `Object.is`. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (Object.is(actual, expected)) {
    refuse(`Expected "actual" not to be strictly equal to: ${show(actual)}`, msg);
  }
}

/** Fails if `actual` is `null` or `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    refuse(`Expected actual: "${actual}" to not be null or undefined`, msg);
  }
}

/** Fails unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: AnyConstructor<T>,
  msg?: string,
): asserts actual is T {
  if (actual instanceof expectedType) return;
  refuse(`Expected object to be an instance of "${expectedType.name}" but was ${typeName(actual)}`, msg);
}

/** Fails if `actual` is an instance of `unexpectedType`. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  unexpectedType: AnyConstructor<T>,
  msg?: string,
): asserts actual is Exclude<A, T> {
  if (actual instanceof unexpectedType) {
    refuse(`Expected object to not be an instance of "${unexpectedType.name}"`, msg);
  }
}

/** Fails unless `actual` matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) refuse(`Expected actual: ${show(actual)} to match: ${expected}`, msg);
}

/** Fails if `actual` matches the pattern. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) refuse(`Expected actual: ${show(actual)} to not match: ${expected}`, msg);
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    refuse(`Expected actual: ${show(actual)} to contain: ${show(expected)}`, msg);
  }
}

/** Fails unless `actual` has every value of `expected`, objects compared deeply. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((item) =>
    !present.includes(item) && !(typeof item === "object" && present.some((other) => equal(item, other)))
  );
  if (missing.length === 0) return;
  refuse(`Expected actual: ${show(actual)} to include: ${show(expected)}`, msg, `missing: ${show(missing)}`);
}

/** Fails unless `actual` deeply has every member of `expected`; it may have more. */
export function assertObjectMatch(
  actual: Record<PropertyKey, unknown>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(common(actual, expected, new Map()), common(expected, expected, new Map()), msg);
}

/** Fails unless the numbers differ by at most `tolerance`, by default 1e-7 of `expected`. */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const delta = Math.abs(expected - actual);
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (delta <= allowed) return;
  refuse(`Expected ${actual} to be close to ${expected}: delta ${delta} is greater than ${allowed}`, msg);
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(`Expect ${show(actual)} > ${show(expected)}`, msg);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(`Expect ${show(actual)} >= ${show(expected)}`, msg);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(`Expect ${show(actual)} < ${show(expected)}`, msg);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(`Expect ${show(actual)} <= ${show(expected)}`, msg);
}

/** Fails unless `error` is an `Error`, of the class and with the text in its message where those are given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: AnyConstructor<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    refuse(`Expected "error" to be an Error object, but was ${show(error)}`, msg);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    refuse(
      `Expected error to be instance of "${ErrorClass.name}", but was ${typeName(error)}`,
      msg,
      error.stack,
    );
  }
  if (!msgMatches) return;
  const found = typeof msgMatches === "string"
    ? error.message.includes(msgMatches)
    : msgMatches.test(error.message);
  if (!found) {
    refuse(`Expected error message to include ${show(msgMatches)}, but got ${show(error.message)}`, msg);
  }
}

/** Fails unless `fn` throws; gives back what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an error of the class, with the text in its message; gives it back. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AnyConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: AnyConstructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const note = typeof classOrMsg === "string" ? classOrMsg : msg;
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    if (typeof classOrMsg === "function") assertIsError(error, classOrMsg, msgIncludes, msg);
    return thrown;
  }
  refuse("Expected function to throw", note);
}

/** Fails unless the promise of `fn` rejects; gives back the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless the promise of `fn` rejects with an error of the class, with the text in its message; gives it back. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AnyConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: AnyConstructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const note = typeof classOrMsg === "string" ? classOrMsg : msg;
  let promise: unknown;
  try {
    promise = fn();
  } catch (error) {
    refuse("Function throws when expected to reject", note, show(error));
  }
  if (typeof promise !== "object" || promise === null || !("then" in promise)) {
    refuse("Function throws when expected to reject", note, "It returned no promise.");
  }
  try {
    await promise;
  } catch (error) {
    if (typeof classOrMsg === "function") assertIsError(error, classOrMsg, msgIncludes, msg);
    return error;
  }
  refuse("Expected function to reject", note);
}

function typeName(value: unknown): string {
  return typeof value === "object" && value !== null
    ? JSON.stringify(value.constructor?.name ?? "Object")
    : show(value);
}

/** The members of `a` that `b` has too, deeply, with every object made plain. */
function common(a: object, b: object, seen: Map<object, object>): object {
  const known = seen.get(a);
  if (known) return known;
  const result: Record<PropertyKey, unknown> = {};
  seen.set(a, result);
  for (const key of Reflect.ownKeys(a)) {
    if (!(key in b) || (Array.isArray(a) && key === "length")) continue;
    const [mine, wanted] = [Reflect.get(a, key), Reflect.get(b, key)];
    result[key] = isContainer(mine) && isContainer(wanted) ? common(mine, wanted, seen) : mine;
  }
  return result;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof RegExp) &&
    !(value instanceof Date) && !(value instanceof Map) && !(value instanceof Set) &&
    !ArrayBuffer.isView(value);
}
