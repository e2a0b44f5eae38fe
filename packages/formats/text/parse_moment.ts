import { daysOf } from "../table/date_text.ts";

/** A moment that {@linkcode parseMomentFast} found. */
export interface Moment {
  /** Seconds since 1970. */
  seconds: number;
  /** Nanoseconds of the second. */
  nanoseconds: number;
  /** Whether it ends in `Z`. */
  zoned: boolean;
}

/** The days since 1970 of `2026-11-29` in `bytes[from, from + 10)`; NaN where it is no date. */
export function parseDateFast(bytes: Uint8Array, from: number): number {
  if (bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return NaN;
  const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
  const month = pair(bytes, from + 5);
  const day = pair(bytes, from + 8);
  return year === year && month === month && day === day ? daysOf(year, month, day) ?? NaN : NaN;
}

/** Finds `2026-11-29T21:50:00.000123Z` in `bytes[from, to)`; `false` where it is written otherwise, or none. */
export function parseMomentFast(bytes: Uint8Array, from: number, to: number, moment: Moment): boolean {
  const zoned = bytes[to - 1] === 90;
  const end = zoned ? to - 1 : to;
  const length = end - from;
  const separator = bytes[from + 10];
  if (length < 19 || length > 29 || (separator !== 84 && separator !== 32)) return false;
  const days = parseDateFast(bytes, from);
  const hour = pair(bytes, from + 11);
  const minute = pair(bytes, from + 14);
  const second = pair(bytes, from + 17);
  if (!(hour < 24 && minute < 60 && second < 60) || days !== days) return false;
  if (bytes[from + 13] !== 58 || bytes[from + 16] !== 58) return false;
  let nanoseconds = 0;
  if (length > 19) {
    if (bytes[from + 19] !== 46 || length === 20) return false;
    for (let at = from + 20; at < from + 29; at++) {
      const digit = at < end ? (bytes[at] ?? 0) - 48 : 0;
      if (digit < 0 || digit > 9) return false;
      nanoseconds = nanoseconds * 10 + digit;
    }
  }
  moment.seconds = days * 86400 + hour * 3600 + minute * 60 + second;
  moment.nanoseconds = nanoseconds;
  moment.zoned = zoned;
  return true;
}

function pair(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 48;
  const ones = (bytes[at + 1] ?? 0) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}
