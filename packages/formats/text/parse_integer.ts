/**
 * The whole number in `bytes[from, to)`, where it has 15 digits at most; NaN where it has more, or is none.
 */
export function parseIntegerFast(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const sign = bytes[at];
  if (sign === 45 || sign === 43) at++;
  if (at >= to || to - at > 15) return NaN;
  let value = 0;
  for (; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return sign === 45 ? -value : value;
}

const WHOLE = /^[+-]?\d+$/;

/** The whole number of a text, where 64 bits hold it, with a sign or without; `undefined` where it is none. */
export function parseIntegerText(text: string, signed: boolean): bigint | undefined {
  if (!WHOLE.test(text) || text.length > 100) return undefined;
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) === value ? value : undefined;
}
