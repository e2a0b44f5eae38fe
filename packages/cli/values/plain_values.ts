import type { Value } from "./value.ts";
import { parseDuration, parseSize } from "@lade/core/settings";

/** Reads any text, as it stands. */
export function textValue(metavar: string): Value<string> {
  return { metavar, placeholder: "", read: (value) => ({ value }), format: (value) => value };
}

/** Reads the name of a version; an empty one, as of a variable that is not set, would stand for none. */
export const versionValue: Value<string> = {
  metavar: "ID",
  placeholder: "",
  read: (value) => value === "" ? { problem: "A version cannot be empty." } : { value },
  format: (version) => version,
};

/** Reads the beginning of the name of a journal; an empty one, as of a variable that is not set, would stand for any. */
export const journalValue: Value<string> = {
  metavar: "ID",
  placeholder: "",
  read: (value) => value === "" ? { problem: "An ID or URI cannot be empty." } : { value },
  format: (id) => id,
};

/** Configuration of {@linkcode integerValue}. */
export interface IntegerValueConfig {
  /** How the help calls it. */
  readonly metavar: string;
  /** The least number that is taken. */
  readonly least: number;
  /** The greatest; any by default. */
  readonly most?: number;
}

/** Reads a whole number. */
export function integerValue(config: IntegerValueConfig): Value<number> {
  const { metavar, least, most = Number.MAX_SAFE_INTEGER } = config;
  return {
    metavar,
    placeholder: least,
    read(text) {
      const quoted = JSON.stringify(text);
      if (!/^-?\d+$/.test(text)) return { problem: `${quoted} is not a whole number.` };
      const value = Number(text);
      if (value < least) return { problem: `${quoted} is less than ${least}.` };
      return value > most ? { problem: `${quoted} is more than ${most}.` } : { value };
    },
    format: String,
  };
}

/** Reads a weight: a number above 0, such as 3 or 0.25. */
export function weightValue(metavar: string): Value<number> {
  return {
    metavar,
    placeholder: 1,
    read(text) {
      const value = /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : 0;
      return value > 0
        ? { value }
        : { problem: `${JSON.stringify(text)} is no weight: it is a number above 0.` };
    },
    format: String,
  };
}

/** Configuration of {@linkcode choiceValue}. */
export interface ChoiceValueConfig<T extends string> {
  /** How the help calls it. */
  readonly metavar: string;
  /** The words, two at least. */
  readonly choices: readonly T[];
  /** Whether upper and lower case are the same. */
  readonly anyCase?: boolean;
}

/** Reads one of a few words. */
export function choiceValue<const T extends string>(config: ChoiceValueConfig<T>): Value<T> {
  const { metavar, choices, anyCase = false } = config;
  const [placeholder] = choices;
  if (placeholder === undefined) throw new TypeError("Cannot choose from nothing");
  const same = (text: string) => anyCase ? text.toLowerCase() : text;
  return {
    metavar,
    choices,
    placeholder,
    read(text) {
      const value = choices.find((choice) => same(choice) === same(text));
      if (value !== undefined) return { value };
      const quoted = choices.map((choice) => JSON.stringify(choice));
      const known = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
      return { problem: `Expected one of ${known}, but got ${JSON.stringify(text)}.` };
    },
    format: (choice) => choice,
  };
}

/** Reads a size on the command line, in bytes; sizes below `least` are refused. */
export function sizeValue(config: { readonly least: number }): Value<number> {
  const { least } = config;
  return {
    metavar: "SIZE",
    placeholder: least,
    read(text) {
      const value = parseSize(text);
      const quoted = JSON.stringify(text);
      if (value === undefined) return { problem: `${quoted} is not a size such as 8MiB.` };
      return value < least ? { problem: `${quoted} is less than ${least}.` } : { value };
    },
    format: String,
  };
}

/** What is wrong with a duration that is a bare number, which is seconds to some tools and days to others. */
export function missingUnit(text: string): string | undefined {
  return /^0*[1-9]\d*$/.test(text)
    ? `${JSON.stringify(text)} needs a unit: ${text}s, ${text}m, ${text}h or ${text}d.`
    : undefined;
}

/**
 * Reads a duration on the command line, in milliseconds. One longer than `most` (written so) is refused, and a bare number
 * unless it `isSeconds`.
 */
export function durationValue(
  config: { readonly most: string; readonly isSeconds?: boolean },
): Value<number> {
  return {
    metavar: "TIME",
    placeholder: 1_000,
    read(text) {
      const problem = config.isSeconds ? undefined : missingUnit(text);
      if (problem !== undefined) return { problem };
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
