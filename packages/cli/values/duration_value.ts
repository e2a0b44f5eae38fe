import { message } from "@optique/core/message";
import type { ValueParser } from "@optique/core/valueparser";
import { parseDuration } from "./parse_duration.ts";

/** Reads a duration on the command line, in milliseconds; one longer than `most` (written so) is refused. */
export function durationValue(config: { readonly most: string }): ValueParser<"sync", number> {
  const most = parseDuration(config.most) ?? Infinity;
  return {
    mode: "sync",
    metavar: "TIME",
    placeholder: 1_000,
    parse(input) {
      const durationMs = parseDuration(input);
      if (durationMs === undefined) {
        return { success: false, error: message`${input} is not a time such as 90s, 15m, 1h30m or 7d.` };
      }
      if (durationMs > most) {
        return { success: false, error: message`${input} is more than ${config.most}.` };
      }
      return { success: true, value: durationMs };
    },
    format: (durationMs) => `${durationMs / 1_000}s`,
  };
}
