import { StoreError } from "@lade/core/errors";

const SHOWN = 1000;

/** What a case throws when a store does not keep a promise. */
export class ConformanceError extends Error {
  /** The class's name. */
  override readonly name: string = "ConformanceError";
}

// deno-lint-ignore no-explicit-any -- the arguments of a constructor that is only compared with
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Fails unless `condition` holds. */
export function expect(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new ConformanceError(promise);
}

/** Fails unless the values have the same JSON, with dates, `undefined` and special numbers distinguished. */
export function expectEqual<T>(actual: T, expected: T, what: string): void {
  const [found, wanted] = [show(actual), show(expected)];
  if (found === wanted) return;
  // The parts that both begin with say nothing.
  let start = 0;
  while (found[start] === wanted[start]) start++;
  const piece = (text: string) => excerpt(text, Math.max(0, start - SHOWN / 4));
  throw new ConformanceError(`${what}: expected ${piece(wanted)}, got ${piece(found)}`);
}

/** Fails unless the bytes are the same. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (actual.length !== expected.length) {
    throw new ConformanceError(`${what}: expected ${expected.length} bytes, got ${actual.length}`);
  }
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  if (at >= 0) {
    throw new ConformanceError(`${what}: byte ${at} is ${actual[at]} where ${expected[at]} was written`);
  }
}

/** Fails unless `call` rejects with an error of the class; gives the error back. */
export async function expectError<E extends Error>(
  call: () => PromiseLike<unknown>,
  Class: ErrorClass<E>,
  what: string,
): Promise<E> {
  const error = await rejectionOf(call, what);
  if (error instanceof Class) return error;
  throw new ConformanceError(`${what}: expected a ${Class.name}, got ${show(error)}`, { cause: error });
}

/** Fails unless `call` rejects with exactly `reason`. */
export async function expectReason(
  call: () => PromiseLike<unknown>,
  reason: unknown,
  what: string,
): Promise<void> {
  const error = await rejectionOf(call, what);
  if (Object.is(error, reason)) return;
  throw new ConformanceError(`${what}: expected the signal's reason, got ${show(error)}`, { cause: error });
}

/** Fails unless `call` rejects, with whatever. */
export async function rejectionOf(call: () => PromiseLike<unknown>, what: string): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = call();
  } catch (error) {
    throw new ConformanceError(`${what}: expected a rejected promise, it threw ${show(error)}`, {
      cause: error,
    });
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new ConformanceError(`${what}: expected an error, it succeeded`);
}

function show(value: unknown): string {
  if (value instanceof StoreError) return `${value.name} (${value.message})`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return JSON.stringify(value, (_, part) => {
    if (part === undefined) return "(undefined)";
    if (typeof part === "number" && !Number.isFinite(part)) return `(${part})`;
    return isPlain(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1)) : part;
  });
}

function excerpt(text: string, start: number): string {
  if (text.length <= SHOWN) return text;
  return `${start > 0 ? "…" : ""}${text.slice(start, start + SHOWN)}${
    text.length > start + SHOWN ? "…" : ""
  }`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
