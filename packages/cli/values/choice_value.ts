import type { Value } from "./value.ts";

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
      const known = `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
      return { problem: `Expected one of ${known}, but got ${JSON.stringify(text)}.` };
    },
    format: (choice) => choice,
  };
}
