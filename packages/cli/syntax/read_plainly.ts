import { beginsWithDash } from "./find_odd_word.ts";
import type { Option, OptionTable, ValuesOf } from "./option.ts";

/** What a command line gives to each option, in order. */
export type Given = ReadonlyMap<Option<unknown>, readonly unknown[]>;

/**
 * Reads a command line that is plainly right: every option by its whole name and as often as it may be, every value
 * good, every argument there. Whatever else it is, wrong or only unusual, is `undefined`, and for the real parser.
 */
export function readPlainly(args: readonly string[], options: readonly Option<unknown>[]): Given | undefined {
  const byName = new Map<string, Option<unknown>>();
  for (const option of options) for (const name of option.names) byName.set(name, option);
  const places = options.filter(({ names }) => names.length === 0);
  const given = new Map<Option<unknown>, unknown[]>();
  const add = (option: Option<unknown> | undefined, text: string | undefined): boolean => {
    if (!option || (option.value === undefined) !== (text === undefined)) return false;
    const values = given.get(option) ?? [];
    if (values.length > 0 && !option.repeats) return false;
    const reading = text === undefined ? { value: true } : option.value?.read(text);
    if (!reading || "problem" in reading) return false;
    given.set(option, [...values, reading.value]);
    return true;
  };
  let onlyArguments = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!onlyArguments && arg === "--" && at < args.length - 1) onlyArguments = true;
    else if (onlyArguments || isArgument(arg)) {
      if (!add(places.find((place) => place.repeats || !given.has(place)), arg)) return undefined;
    } else {
      const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
      const named = byName.get(equals < 0 ? arg : arg.slice(0, equals));
      const next = equals < 0 && named?.value ? args[++at] : undefined;
      // A value like an option may be meant for one, whose own value is missing.
      if (next !== undefined && beginsWithDash(next)) return undefined;
      if (!add(named, equals < 0 ? next : arg.slice(equals + 1))) return undefined;
    }
  }
  return options.every((option) => (given.get(option)?.length ?? 0) >= option.least) ? given : undefined;
}

/** What the options of a table come to. */
export function valuesOf<T extends OptionTable>(table: T, given: Given): ValuesOf<T> {
  const values = Object.entries(table).map((
    [name, option],
  ) => [name, option.combine(given.get(option) ?? [])]);
  return Object.fromEntries(values);
}

/** The index of the first argument, where only these options may stand before it; -1 where there is none, or others. */
export function firstArgument(args: readonly string[], options: readonly Option<unknown>[]): number {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (isArgument(arg)) return at;
    const known = options.find(({ names }) =>
      names.some((name) => arg === name || arg.startsWith(`${name}=`))
    );
    if (!known) return -1;
    if (known.value && !arg.includes("=")) at++;
  }
  return -1;
}

function isArgument(arg: string): boolean {
  return arg === "-" || !beginsWithDash(arg);
}
