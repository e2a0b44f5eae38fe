const [SPACE, ZERO, SEVEN] = [0x20, 0x30, 0x37];

/**
 * A number of a header: octal digits among spaces and zero bytes, or, where the first bit is set, two's complement of all
 * the others (base 256). An empty field is 0. `undefined` where it is neither, or no safe integer.
 */
export function parseTarNumber(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  if (first >= 0x80) return parseBase256(block.subarray(start, start + length));
  let at = start;
  const end = start + length;
  while (at < end && block[at] === SPACE) at++;
  let value = 0;
  for (; at < end; at++) {
    const digit = block[at] ?? 0;
    if (digit < ZERO || digit > SEVEN) break;
    value = value * 8 + (digit - ZERO);
  }
  for (; at < end; at++) if (block[at] !== SPACE && block[at] !== 0) return undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

function parseBase256(field: Uint8Array): number | undefined {
  const isNegative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = BigInt((field[0] ?? 0) & 0x7f) - (isNegative ? 0x80n : 0n);
  for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Writes `value` as octal digits and a zero byte; false where it does not fit. */
export function writeTarNumber(block: Uint8Array, start: number, length: number, value: number): boolean {
  if (!Number.isSafeInteger(value) || value < 0) return false;
  const digits = value.toString(8).padStart(length - 1, "0");
  if (digits.length > length - 1) return false;
  for (let at = 0; at < digits.length; at++) block[start + at] = digits.charCodeAt(at);
  return true;
}
