/** Of so many digits every decimal number comes back, and of fewer where a float is smaller than `least`. */
const SURE: Readonly<Record<string, { readonly digits: number; readonly least: number }>> = {
  float32: { digits: 6, least: 2 ** -126 },
  float16: { digits: 3, least: 2 ** -14 },
};

/**
 * The shortest decimal number that is read as this one where it is kept in 16 or 32 bits: 0.1 rather than
 * 0.10000000149011612. Of other kinds the number itself.
 */
export function shortestFloat(value: number, kind: string): number {
  const round = kind === "float32" ? Math.fround : Math.f16round;
  const sure = SURE[kind];
  if (!sure || !Number.isFinite(value)) return value;
  for (let digits = Math.abs(value) < sure.least ? 1 : sure.digits; digits < sure.digits + 4; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Object.is(round(short), value)) return short;
  }
  return value;
}
