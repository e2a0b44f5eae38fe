const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
};

/** What the help says of sizes. */
export const SIZE_UNITS: string =
  "Sizes take a unit: K, M, G, T and KiB, MiB, GiB, TiB are powers of 1024; " +
  "KB, MB, GB, TB are powers of 1000; upper or lower case.";

/**
 * Reads a size such as `4096`, `8M`, `8MiB` (both 8 * 2^20), `8MB` (8 * 10^6) or `1.5g`, in bytes. `undefined` for
 * anything else, for a size that is not a whole number of bytes, and for one above 2^53 - 1.
 */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)(?: ?([a-z]+))?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined;
  if (factor === undefined) return undefined;
  const bytes = Number(digits) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
