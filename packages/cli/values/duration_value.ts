import { parseDuration } from "@lade/core/settings";
import type { Value } from "./value.ts";

/** Reads a duration on the command line, in milliseconds; one longer than `most` (written so) is refused. */
export function durationValue(config: { readonly most: string }): Value<number> {
  return {
    metavar: "TIME",
    placeholder: 1_000,
    read(text) {
      const value = parseDuration(text);
      const quoted = JSON.stringify(text);
      if (value === undefined) return { problem: `${quoted} is not a time such as 90s, 15m, 1h30m or 7d.` };
      return value > (parseDuration(config.most) ?? Infinity)
        ? { problem: `${quoted} is more than ${JSON.stringify(config.most)}.` }
        : { value };
    },
    format: (durationMs) => `${durationMs / 1_000}s`,
  };
}
