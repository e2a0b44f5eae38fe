import type { TimeUnit } from "./schema.ts";

/** Units in a second. */
export const UNITS_PER_SECOND: Readonly<Record<TimeUnit, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };

/** Digits of a second's fraction. */
const DIGITS: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 };
const DAY = 86400;
const DATE = /^([+-]\d{6,}|\d{4})-(\d\d)-(\d\d)$/;
const MOMENT =
  /^([+-]\d{6,}|\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/;

/** Days since 1970 as `2026-11-29`; years outside of 0 to 9999 have a sign and six digits. */
export function formatDate(days: number): string {
  // Years of 400 years, from March on, so that the leap day is a year's last.
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const day = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36524) - Math.floor(day / 146096)) / 365,
  );
  const dayOfYear = day - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const date = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return `${yearText(year)}-${two(month)}-${two(date)}`;
}

/** The days since 1970 of a date of a month that is there; `undefined` for one that is not, or past an `int32`. */
export function daysOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Reads what {@linkcode formatDate} writes; `undefined` where a text is none. */
export function parseDate(text: string): number | undefined {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  return days !== undefined && days === (days | 0) ? days : undefined;
}

/** A moment as `2026-11-29T21:50:00.000123`, with the digits of its unit, and a `Z` where it is one for all zones. */
export function formatTimestamp(count: bigint, unit: TimeUnit, zoned: boolean): string {
  const perDay = BigInt(DAY * UNITS_PER_SECOND[unit]);
  const rest = (count % perDay + perDay) % perDay;
  return `${formatDate(Number((count - rest) / perDay))}T${formatTime(rest, unit)}${zoned ? "Z" : ""}`;
}

/** A moment that was read, and whether its text told a zone. */
export interface ParsedTimestamp {
  /** Units since 1970; in UTC where a zone was told. */
  readonly count: bigint;
  /** Whether the text ends in `Z` or an offset such as `+02:00`. */
  readonly zoned: boolean;
}

/**
 * Reads `2026-11-29`, `2026-11-29 21:50`, `2026-11-29T21:50:00.000123Z`, `…+02:00`. `undefined` where a text is none, or
 * has more digits than the unit, or passes 64 bits.
 */
export function parseTimestamp(text: string, unit: TimeUnit): ParsedTimestamp | undefined {
  const [, year, month, day, hour = "00", minute = "00", second, fraction, zone] = MOMENT.exec(text) ?? [];
  if (year === undefined) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  const time = timeOf(hour, minute, second, fraction, unit);
  const offset = offsetOf(zone);
  if (days === undefined || time === undefined || offset === undefined) return undefined;
  const seconds = BigInt(days) * BigInt(DAY) - BigInt(offset);
  const count = seconds * BigInt(UNITS_PER_SECOND[unit]) + time;
  return BigInt.asIntN(64, count) === count ? { count, zoned: zone !== undefined } : undefined;
}

/** A time of day as `21:50:00.000123`, with the digits of its unit. */
export function formatTime(count: bigint, unit: TimeUnit): string {
  const perSecond = BigInt(UNITS_PER_SECOND[unit]);
  const seconds = Number(count / perSecond);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return unit === "s" ? clock : `${clock}.${String(count % perSecond).padStart(DIGITS[unit], "0")}`;
}

/** Reads `21:50`, `21:50:00.000123`; `undefined` where a text is none, or has more digits than the unit. */
export function parseTime(text: string, unit: TimeUnit): bigint | undefined {
  const [, hour, minute, second, fraction] = TIME.exec(text) ?? [];
  return hour === undefined || minute === undefined
    ? undefined
    : timeOf(hour, minute, second, fraction, unit);
}

function timeOf(
  hour: string,
  minute: string,
  second = "00",
  fraction = "",
  unit: TimeUnit,
): bigint | undefined {
  const digits = DIGITS[unit];
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (/[^0]/.test(fraction.slice(digits))) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return BigInt(seconds * UNITS_PER_SECOND[unit] + Number(fraction.slice(0, digits).padEnd(digits, "0")));
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", ""));
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 3600 + minutes * 60) * (zone.startsWith("-") ? -1 : 1);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function yearText(year: number): string {
  return year >= 0 && year <= 9999
    ? String(year).padStart(4, "0")
    : `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
