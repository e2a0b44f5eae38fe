import { parseDuration } from "@lade/core/settings";
import { dateValue } from "./attribute_values.ts";
import { missingUnit } from "./plain_values.ts";
import type { Value } from "./value.ts";

/** Reads how old something is: a duration, in milliseconds, or a date. */
export const ageValue: Value<Date | number> = {
  metavar: "AGE",
  placeholder: 0,
  read(text) {
    const problem = missingUnit(text);
    if (problem !== undefined) return { problem };
    const durationMs = parseDuration(text);
    if (durationMs !== undefined) return { value: durationMs };
    const date = dateValue.read(text);
    return "value" in date ? date : {
      problem: `${
        JSON.stringify(text)
      } is neither a time such as 10d or 2h30m nor a date such as 2030-12-31.`,
    };
  },
  format: (age) => age instanceof Date ? dateValue.format(age) : `${age / 1_000}s`,
};
