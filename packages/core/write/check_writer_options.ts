import type { PartWriterOptions } from "../contract/types.ts";

/** Throws a `RangeError` for a `partSize`, `fillSize` or `concurrency` that is no positive whole number. */
export function checkWriterOptions(
  options: Pick<PartWriterOptions, "partSize" | "fillSize" | "concurrency">,
): void {
  for (const name of ["partSize", "fillSize", "concurrency"] as const) {
    const value = options[name];
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) continue;
    throw new RangeError(`Cannot write with ${name} ${value}: a whole number from 1 up is needed`);
  }
}

/** Throws a `RangeError` for a size that no object can have. */
export function checkObjectSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw new RangeError(`Cannot write an object of ${size} bytes: a whole number from 0 up is needed`);
}

/** What is written, if it is bytes; a `TypeError` for anything else, and for bytes that were transferred. */
export function bytesOf(data: Uint8Array): Uint8Array {
  if (data instanceof Uint8Array) {
    // It has no bytes any more, and nothing would be written in their place.
    if ("detached" in data.buffer && data.buffer.detached) {
      throw new TypeError("Cannot write bytes whose buffer is detached: it was transferred to somebody else");
    }
    return data;
  }
  throw new TypeError(`Cannot write a value of type ${typeof data}: a Uint8Array is needed`);
}
