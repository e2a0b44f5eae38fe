import type { Setting } from "@lade/core/settings";
import type { Value } from "./value.ts";

/** Reads the text of a setting that has an option of its own, and keeps it as text. */
export function rowValue({ name, type }: Setting, metavar: string): Value<string> {
  return {
    metavar,
    placeholder: type.example,
    read(text) {
      const trimmed = text.trim();
      if (trimmed !== "" && type.parse(trimmed) !== undefined) return { value: trimmed };
      return { problem: `${JSON.stringify(text)} cannot be the ${name}: it has to be ${type.expected}.` };
    },
    format: (value) => value,
  };
}
