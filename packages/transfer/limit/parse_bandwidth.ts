import { parseSize } from "@lade/core/settings";
import type { BandwidthSlot, BandwidthTimetable, Rates } from "./bandwidth_timetable.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MINUTES = 24 * 60;
/** Slower than this is a mistake: a unit that another program implies. */
const LEAST_RATE = 1024;

/** What a text says of bandwidth, or what is wrong with it in one sentence. */
export type BandwidthReading = { readonly timetable: BandwidthTimetable } | { readonly problem: string };

/**
 * Reads a rate (`10M`, `100MB/s`, `off`), one for each direction (`10M:off`, up before down), or a timetable of them
 * (`08:00,512K 19:00,10M:1M 23:00,off`, `Mon-08:00,1M Sat-00:00,off`). Times are local; one without a weekday holds on
 * every day, and a rate holds until the next one. A number needs a unit.
 */
export function parseBandwidth(text: string): BandwidthReading {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return { problem: "A bandwidth cannot be empty." };
  if (words.length === 1 && !words[0]?.includes(",")) {
    const rates = parseRates(words[0] ?? "");
    return typeof rates === "string" ? { problem: rates } : { timetable: [{ minute: 0, rates }] };
  }
  const slots = new Map<number, BandwidthSlot>();
  for (const word of words) {
    const parsed = parseEntry(word);
    if (typeof parsed === "string") return { problem: parsed };
    for (const slot of parsed) {
      if (slots.has(slot.minute)) return { problem: `${JSON.stringify(word)} begins when another one does.` };
      slots.set(slot.minute, slot);
    }
  }
  const [first, ...others] = [...slots.values()].sort((one, other) => one.minute - other.minute);
  return first ? { timetable: [first, ...others] } : { problem: "A bandwidth cannot be empty." };
}

/** The slots of one entry: seven where it names no weekday. */
function parseEntry(word: string): readonly BandwidthSlot[] | string {
  const [, day, hours = "", minutes = "", rate = ""] =
    /^(?:([a-z]{3})-)?(\d{1,2}):(\d{2}),(.+)$/i.exec(word) ?? [];
  const at = Number(hours) * 60 + Number(minutes);
  const weekday = day === undefined ? undefined : DAYS.indexOf(day.toLowerCase());
  if (rate === "" || Number(hours) > 23 || Number(minutes) > 59 || weekday === -1) {
    return `${JSON.stringify(word)} is not a time and a rate such as 08:00,10M or Mon-08:00,10M.`;
  }
  const rates = parseRates(rate);
  if (typeof rates === "string") return rates;
  const days = weekday === undefined ? DAYS.keys() : [weekday];
  return Array.from(days, (each) => ({ minute: each * DAY_MINUTES + at, rates }));
}

/** The rates of both directions, or what is wrong. */
function parseRates(text: string): Rates | string {
  const [up = "", down = up, more] = text.split(":");
  if (more !== undefined) return `${JSON.stringify(text)} is not a rate up and one down such as 10M:1M.`;
  const rates = { up: parseRate(up), down: parseRate(down) };
  const { up: upRate, down: downRate } = rates;
  if (typeof upRate === "string") return upRate;
  return typeof downRate === "string" ? downRate : { up: upRate, down: downRate };
}

function parseRate(text: string): number | string {
  const quoted = JSON.stringify(text);
  if (/^(?:off|0)$/i.test(text)) return Infinity;
  const size = text.replace(/\/s$/i, "");
  if (/^\d+(?:\.\d+)?$/.test(size)) {
    return `${quoted} needs a unit: ${size}K, ${size}M or ${size}G bytes a second.`;
  }
  const rate = parseSize(size);
  if (rate === undefined) return `${quoted} is not a rate such as 10M, 100MB/s or off.`;
  return rate < LEAST_RATE ? `${quoted} is less than 1K a second.` : rate;
}
