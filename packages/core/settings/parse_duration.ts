const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a duration such as `90s`, `15m`, `1h30m` or `7d`, in milliseconds; a bare number is seconds. `undefined` for
 * what is none, and for nothing at all. `M` is none: to other tools it is months.
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000 || undefined;
  if (!/^(\d{1,9}[dD])?(\d{1,9}[hH])?(\d{1,9}m)?(\d{1,9}[sS])?$/.test(text)) return undefined;
  let durationMs = 0;
  for (const [, count, unit = ""] of text.toLowerCase().matchAll(/(\d+)([dhms])/g)) {
    durationMs += Number(count) * (UNITS[unit] ?? 0);
  }
  return durationMs || undefined;
}
