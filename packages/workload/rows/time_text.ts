/** A point in time, exact to the nanosecond. */
export interface Instant {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** Nanoseconds beyond them, below 10^9. */
  readonly nanos: number;
}

const TEXT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/;

const FIRST_SECOND = Date.parse("0000-01-01T00:00:00Z") / 1000;
/** As long before the year 10000 as an operation may take. */
const LAST_SECOND = Date.parse("9999-01-01T00:00:00Z") / 1000;

let lastDay = "";
let lastDaySeconds = 0;
/** The last seconds that were read, by their text: rows that are near each other have the same ones. */
const SECONDS = new Map<string, number>();
const MOST_SECONDS = 16;
/** Such as `2026-11-30T12:00:00.123456789Z`. */
const LONG = 30;
const SECOND = 19;
const NANOS = /\.\d{9}Z$/;

/** Reads a time of RFC 3339, with any offset from UTC, which it is in where it has none; `undefined` for other text. */
export function parseInstant(text: string): Instant | undefined {
  if (text.length !== LONG || !text.endsWith("Z")) return parseText(text);
  const second = text.slice(0, SECOND);
  const known = SECONDS.get(second);
  const nanos = Number(text.slice(SECOND + 1, -1));
  if (known !== undefined && NANOS.test(text)) {
    return { seconds: known, nanos };
  }
  const found = parseText(text);
  if (!found) return undefined;
  if (SECONDS.size >= MOST_SECONDS) SECONDS.clear();
  SECONDS.set(second, found.seconds);
  return found;
}

function parseText(text: string): Instant | undefined {
  const found = TEXT.exec(text);
  if (!found) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = ""] = found;
  const date = `${year}-${month}-${day}`;
  if (date !== lastDay) {
    const ms = Date.parse(`${date}T00:00:00Z`);
    // The thirtieth of February would become another day.
    if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) return undefined;
    [lastDay, lastDaySeconds] = [date, ms / 1000];
  }
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const sign = found[9] === "-" ? 1 : -1;
  const offset = found[9] === undefined ? 0 : sign * (Number(found[10]) * 3600 + Number(found[11]) * 60);
  const sum = lastDaySeconds + hours * 3600 + minutes * 60 + seconds + offset;
  // Others have no text of four digits for their year.
  if (sum < FIRST_SECOND || sum > LAST_SECOND) return undefined;
  return { seconds: sum, nanos: Number(fraction.padEnd(9, "0")) };
}

/** Writes a time of RFC 3339 in UTC, with nine digits behind the point. */
export function formatInstant({ seconds, nanos }: Instant): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z`;
}

/** The time that is `ns` after another one. */
export function instantAfter({ seconds, nanos }: Instant, ns: number): Instant {
  const sum = nanos + ns;
  const carry = Math.floor(sum / 1e9);
  return { seconds: seconds + carry, nanos: sum - carry * 1e9 };
}

/** Nanoseconds from one time to another; exact up to 104 days. */
export function nanosFrom(from: Instant, to: Instant): number {
  return (to.seconds - from.seconds) * 1e9 + (to.nanos - from.nanos);
}
