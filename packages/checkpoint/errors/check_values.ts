import { optionWords } from "@lade/core/backend";

/** Throws a `TypeError` unless a value is a whole number from `least` up to below `end`. */
export function checkWhole(
  operation: string,
  name: string,
  value: unknown,
  least: number,
  end: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value as number >= least && value as number < end) return;
  throw new TypeError(
    `Cannot ${operation} with ${name} ${optionWords(value)}: a whole number from ${least} to ${
      end - 1
    } is needed`,
  );
}

/** What an object has by name. A `Map`, a list and what is no object are a `TypeError`: nothing is found there by a name. */
export function namedValues<T>(
  operation: string,
  given: Readonly<Record<string, T>> | object,
): [string, T][] {
  const isNamed = typeof given === "object" && given !== null && !(Symbol.iterator in given);
  if (isNamed) return Object.entries(given);
  throw new TypeError(`Cannot ${operation} with ${optionWords(given)}: an object of names is needed`);
}

/** Whether a value is a list, or an array of a type, of nothing but numbers. */
export function areNumbers(value: unknown): value is readonly number[] {
  return (Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value)) &&
    [...value as Iterable<unknown>].every((one) => typeof one === "number");
}
