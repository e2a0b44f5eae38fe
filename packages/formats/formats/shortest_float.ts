/**
 * The shortest decimal number that is read as this one where it is kept in 16 or 32 bits: 0.1 rather than
 * 0.10000000149011612. Of other kinds the number itself.
 */
export function shortestFloat(value: number, kind: string): number {
  const round = kind === "float32" ? Math.fround : kind === "float16" ? Math.f16round : undefined;
  if (!round || !Number.isFinite(value)) return value;
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Object.is(round(short), value)) return short;
  }
  return value;
}
