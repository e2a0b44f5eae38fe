/**
 * What is wrong with a state whatever it is gone on with, as states are stored and may come back in any shape; `undefined`
 * if nothing is.
 */
export function stateFault(state: unknown): string | undefined {
  if (typeof state !== "object" || state === null) return `the state is ${wordsOf(state)}, and no object`;
  const { version, epoch, position, total, order, taken } = state as Partial<Record<string, unknown>>;
  if (version !== 1) return `the state is of version ${wordsOf(version)}, and 1 is known`;
  for (const [name, value] of Object.entries({ epoch, position, total })) {
    if (!isCount(value)) return `the state's ${name} is ${wordsOf(value)}`;
  }
  if (!isCount(epoch as number + 1)) return `the state's epoch is ${epoch}, and there is none behind it`;
  if (typeof order !== "object" || order === null) return `the state's order is ${wordsOf(order)}`;
  // How many samples a stream has nobody knows.
  if ("kind" in order && order.kind === "stream") return undefined;
  return placeFault(position as number, total as number, taken);
}

/** What is wrong with a position, and with the bits of what was taken from it on; `undefined` if nothing is. */
export function placeFault(position: unknown, total: number, taken: unknown): string | undefined {
  if (!isCount(position)) return `the state's position is ${wordsOf(position)}`;
  if (position > total) return `the state is at position ${position} of ${total}`;
  if (taken === undefined) return undefined;
  const bits = bitsOf(taken);
  if (!bits) return `the state's taken is ${wordsOf(taken)}, and no base64`;
  const left = total - position;
  const isWithin = bits.length <= Math.ceil(left / 8) &&
    (left % 8 === 0 || bits.length < Math.ceil(left / 8) || (bits.at(-1) ?? 0) >> (left % 8) === 0);
  return isWithin ? undefined : `the state's taken goes on behind position ${total}, the end of the epoch`;
}

/** Whether a value is a whole number from 0 up. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}

function bitsOf(taken: unknown): Uint8Array | undefined {
  if (typeof taken !== "string") return undefined;
  try {
    return Uint8Array.fromBase64(taken);
  } catch {
    return undefined;
  }
}

/** A value for a message, in a few words. */
function wordsOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
}
