import { type BandwidthTimetable, parseBandwidth } from "@lade/transfer/limit";
import type { Value } from "./value.ts";

/** A bandwidth as it was written, and what it says. */
export interface BandwidthArgument {
  /** The text. */
  readonly text: string;
  /** The rates. */
  readonly timetable: BandwidthTimetable;
}

/** Reads how fast bytes may go. */
export const bandwidthValue: Value<BandwidthArgument> = {
  metavar: "RATE",
  placeholder: { text: "off", timetable: [{ minute: 0, rates: { up: Infinity, down: Infinity } }] },
  read(text) {
    const reading = parseBandwidth(text);
    return "problem" in reading ? reading : { value: { text, timetable: reading.timetable } };
  },
  format: ({ text }) => text,
};
