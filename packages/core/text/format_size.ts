const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** Writes a number of bytes for people, in powers of 1024 and three digits: `0 B`, `1.50 MiB`, `12.3 GiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = -1;
  // The next unit takes over where rounding to three digits would print 1024 or a fourth digit.
  while (unit < 0 || (value >= 999.5 && unit < UNITS.length - 1)) {
    value /= 1024;
    unit++;
  }
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
