import type { ByteRange, ResolvedRange } from "../contract/types.ts";
import { RangeNotSatisfiableError } from "../errors/errors.ts";

/**
 * Turns a range into offset and length within an object of `size` bytes; all of it when `range` is absent.
 *
 * The end is cut at the object's end. A start at or past the end is a `RangeNotSatisfiableError`, but for an empty
 * object, where offset 0 and any suffix give no bytes. Negative, fractional or unsafe numbers are a `RangeError`.
 */
export function resolveRange(range: ByteRange | undefined, size: number, uri: string): ResolvedRange {
  if (range === undefined) return { offset: 0, length: size };
  checkRange(range);
  if ("suffixLength" in range) {
    const length = Math.min(range.suffixLength, size);
    return { offset: size - length, length };
  }
  const { offset, length = size } = range;
  if (offset > 0 && offset >= size) {
    throw new RangeNotSatisfiableError({
      operation: "get",
      uri,
      detail: `the range starts at ${offset}, the object has ${size} bytes`,
    });
  }
  return { offset, length: Math.min(length, size - offset) };
}

/**
 * Throws a `RangeError` unless every number of `range` is a whole number from 0 up (lengths from 1 up), and a `TypeError`
 * for what is no range, or asks for the start and the end of an object at once.
 */
export function checkRange(range: ByteRange): void {
  if (typeof range !== "object" || range === null) {
    throw new TypeError(`Cannot read the range ${range}: an object with offset or suffixLength is needed`);
  }
  if ("suffixLength" in range && ("offset" in range || "length" in range)) {
    throw new TypeError("Cannot read a range with suffixLength and offset or length: it has one of them");
  }
  if ("suffixLength" in range) check("suffixLength", range.suffixLength, 1);
  else {
    check("offset", range.offset, 0);
    if (range.length !== undefined) check("length", range.length, 1);
  }
}

function check(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `Cannot read a range with ${name} ${value}: a whole number from ${least} up is needed`,
    );
  }
}
