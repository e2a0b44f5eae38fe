/** Metadata in which tools keep the time of change of a file, the most exact first; seconds unless they say otherwise. */
const NAMES = ["mtime", "file-mtime", "goog-reserved-file-mtime"] as const;
/** Metadata in which tools keep the status of a file: `mtime:1700000000#5/mode:33188/…`. */
const STATUSES = ["mc-attrs", "s3cmd-attrs"] as const;

/**
 * The time of change in an object's metadata: as rclone, s3fs and we write it (`mtime`, seconds with a fraction, or
 * an ISO date), s3cmd (`s3cmd-attrs`), MinIO's mc (`mc-attrs`), gsutil and AWS's gateways.
 */
export function readModificationTime(metadata: Readonly<Record<string, string>>): Date | undefined {
  for (const name of NAMES) {
    const text = metadata[name];
    const time = text === undefined ? undefined : parseTime(text);
    if (time) return time;
  }
  for (const name of STATUSES) {
    const text = metadata[name];
    if (text === undefined) continue;
    const [, seconds, nanoseconds = "0"] = /(?:^|\/)mtime:(-?\d+)(?:#(\d+))?/.exec(text) ?? [];
    const time = seconds && validDate(Number(seconds) * 1000 + Number(nanoseconds) / 1e6);
    if (time) return time;
  }
  return undefined;
}

/** Whether a metadata entry holds nothing but a time that {@linkcode readModificationTime} finds. */
export function isModificationTime(name: string, value: string): boolean {
  return NAMES.some((known) => known === name) && parseTime(value) !== undefined;
}

/**
 * A time as rclone's S3 backend writes it: seconds since 1970, with a fraction where there is one, or where they have so
 * many digits that they might be taken for milliseconds.
 */
export function formatModificationTime(time: Date): string {
  const ms = time.getTime();
  const digits = Math.abs(ms).toString().padStart(4, "0");
  const fraction = digits.slice(-3).replace(/0+$/, "");
  const seconds = digits.slice(0, -3);
  const rest = fraction === "" && seconds.length > MOST_DIGITS ? "0" : fraction;
  return `${ms < 0 ? "-" : ""}${seconds}${rest && `.${rest}`}`;
}

/** Digits of whole seconds that nobody takes for milliseconds. */
const MOST_DIGITS = 11;

/**
 * Parts of a second in one unit, by the number of digits that a time of our days has in it. A twelfth digit before a fraction
 * is that of seconds, as we write the year 9999.
 */
function perSecond(integer: string, fraction: string): bigint {
  const { length } = integer.replace("-", "");
  return length > 17
    ? 1_000_000_000n
    : length > 14
    ? 1_000_000n
    : length > (fraction === "" ? MOST_DIGITS : MOST_DIGITS + 1)
    ? 1000n
    : 1n;
}

const UNITS: Readonly<Record<string, bigint>> = { s: 1n, ms: 1000n, ns: 1_000_000_000n };

function parseTime(text: string): Date | undefined {
  const [, integer = "", fraction = "", unit = ""] = /^(-?\d{1,19})(\.\d+)?(ns|ms|s)?$/.exec(text) ?? [];
  if (integer !== "") {
    const parts = UNITS[unit] ?? perSecond(integer, fraction);
    const ms = Number(BigInt(integer) * 1000n / parts);
    // Apart, since a sum of nanoseconds is more than a number can hold.
    const rest = Number(fraction || 0) * 1000 / Number(parts);
    return validDate(integer.startsWith("-") ? ms - rest : ms + rest);
  }
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) ? validDate(Date.parse(text)) : undefined;
}

function validDate(ms: number): Date | undefined {
  // Rounded down as file systems do, but not below what a sum of fractions means.
  const date = new Date(Math.floor(ms + 1e-6));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
