import type { Direction } from "@lade/core/backend";

/** Bytes a second, for each direction; `Infinity` where there is no bound. */
export type Rates = Readonly<Record<Direction, number>>;

/** From when which rates hold. */
export interface BandwidthSlot {
  /** Minutes since Sunday, 0:00, in local time. */
  readonly minute: number;
  /** The rates from then on. */
  readonly rates: Rates;
}

/** Rates over a week, in order of time; each holds until the next one, the last into the next week. Never empty. */
export type BandwidthTimetable = readonly [BandwidthSlot, ...BandwidthSlot[]];

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** The rates at a time of the wall clock, and until when they hold; `Infinity` where they never change. */
export function ratesAt(
  timetable: BandwidthTimetable,
  wallMs: number,
): { readonly rates: Rates; readonly untilMs: number } {
  const [first] = timetable;
  if (timetable.length === 1) return { rates: first.rates, untilMs: Infinity };
  const date = new Date(wallMs);
  const minute = date.getDay() * DAY_MINUTES + date.getHours() * 60 + date.getMinutes();
  const slot = timetable.findLast((each) => each.minute <= minute) ?? timetable.at(-1) ?? first;
  const next = timetable.find((each) => each.minute > minute)?.minute ?? first.minute + WEEK_MINUTES;
  // By the calendar: a day on which the clock is put forward or back has no 24 hours.
  const until = new Date(wallMs);
  until.setHours(0, 0, 0, 0);
  until.setDate(until.getDate() + Math.floor(next / DAY_MINUTES) - date.getDay());
  until.setMinutes(next % DAY_MINUTES);
  // Of an hour that is there twice, the second half lies behind its own end.
  return { rates: slot.rates, untilMs: Math.max(until.getTime(), wallMs + 1_000) };
}
