const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** The whole number in 16 bytes at `at`, little-endian, two's complement. */
export function readInt128(bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  return view.getBigInt64(8, true) << 64n | view.getBigUint64(0, true);
}

/** Puts a whole number into 16 bytes at `at`. */
export function writeInt128(bytes: Uint8Array, at: number, value: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  view.setBigUint64(0, BigInt.asUintN(64, value), true);
  view.setBigInt64(8, BigInt.asIntN(64, value >> 64n), true);
}

/** A whole number divided by 10 to the power of `scale`, with all its digits: `12.50`. */
export function formatDecimal(whole: bigint, scale: number): string {
  if (scale <= 0) return whole === 0n ? "0" : `${whole}${"0".repeat(-scale)}`;
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${whole < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The whole number that {@linkcode formatDecimal} writes so; `undefined` where it takes more digits than there are. */
export function parseDecimal(text: string, precision: number, scale: number): bigint | undefined {
  const [, sign, before = "", after = ""] = DECIMAL.exec(text) ?? [];
  if (sign === undefined || before.length + after.length === 0) return undefined;
  const digits = before + after;
  const point = before.length + scale;
  if (/[^0]/.test(digits.slice(Math.max(point, 0)))) return undefined;
  const kept = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0").replace(/^0+/, "") || "0";
  if (kept !== "0" && kept.length > precision) return undefined;
  return sign === "-" ? -BigInt(kept) : BigInt(kept);
}

/** The first row whose decimal, of 16 bytes each, has more digits than `precision`; -1 where none has. */
export function findLongDecimal(
  values: Uint8Array,
  precision: number,
  hasValue: (row: number) => boolean,
): number {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const limit = 10n ** BigInt(precision);
  // What is far enough from the limit is told without a whole number of 128 bits for each value.
  const safe = Number(limit) * (1 - 2 ** -40);
  for (let row = 0, at = 0; at + 16 <= values.length; row++, at += 16) {
    const high = view.getInt32(at + 12, true) * 2 ** 32 + view.getUint32(at + 8, true);
    const about = (high * 2 ** 32 + view.getUint32(at + 4, true)) * 2 ** 32 + view.getUint32(at, true);
    if (Math.abs(about) < safe) continue;
    const value = readInt128(values, at);
    if ((value >= limit || value <= -limit) && hasValue(row)) return row;
  }
  return -1;
}
