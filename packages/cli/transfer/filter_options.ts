import { system } from "@lade/core/system";
import type { ObjectFilter, SplitGlob } from "@lade/transfer/filter";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { flag, option, repeated, type ValuesOf } from "../syntax/option.ts";
import { ageValue } from "../values/age_value.ts";
import { sizeValue, textValue } from "../values/plain_values.ts";

const all = (values: readonly string[]) => values;

/** Options of every command that walks many objects: which of them are meant. */
export const filterOptions = {
  include: repeated(
    ["--include"],
    textValue("GLOB"),
    all,
    "Take only names that match, such as *.gz, /logs/ or /a/**/b; may be given several times. Names are those below \
the source. Without a slash at its beginning a glob holds at any depth.",
  ),
  exclude: repeated(
    ["--exclude"],
    textValue("GLOB"),
    all,
    "Leave out names that match, whatever else includes them; may be given several times.",
  ),
  includeRegex: repeated(
    ["--include-regex"],
    textValue("REGEX"),
    all,
    "Take only names of which a part matches this regular expression; may be given several times.",
  ),
  excludeRegex: repeated(
    ["--exclude-regex"],
    textValue("REGEX"),
    all,
    "Leave out names of which a part matches; may be given several times.",
  ),
  minSize: option(["--min-size"], sizeValue({ least: 0 }), undefined, "Take only objects of SIZE or more."),
  maxSize: option(["--max-size"], sizeValue({ least: 0 }), undefined, "Take only objects of SIZE or less."),
  minAge: option(
    ["--min-age"],
    ageValue,
    undefined,
    "Take only what changed so long ago or longer, such as 10d or 2h30m, or at a date or before it.",
  ),
  maxAge: option(
    ["--max-age"],
    ageValue,
    undefined,
    "Take only what changed within so long, or at a date or after it.",
  ),
  filesFrom: option(
    ["--files-from"],
    textValue("FILE"),
    undefined,
    "Take only the names that FILE lists, or - for standard input: below the source, one a line, as they stand.",
  ),
  from0: flag(["--from0"], "Names of --files-from end in a NUL, as those of find -print0."),
};

/** The option of every command whose arguments may be patterns. */
export const globOptions = {
  glob: flag(
    ["--glob"],
    "Wildcards in a URI or path stand for names: * and ? within a segment, ** for any depth, [a-z], {a,b}.",
  ),
};

/** What a command line says of which objects are meant. */
export type FilterValues = ValuesOf<typeof filterOptions>;

/** What is wrong where one object is named. */
export const NEEDS_MANY = "Filters choose among what lies below a prefix or directory: add -r.";

/** What is wrong where one object is named, and -r is not needed for more. */
export const FOR_MANY = "Filters choose among what lies below a prefix or directory.";

/** Whether anything is said of which objects are meant. */
export function isFiltered(values: Partial<FilterValues>): boolean {
  const { include = [], exclude = [], includeRegex = [], excludeRegex = [] } = values;
  const { minSize, maxSize, minAge, maxAge, filesFrom, from0 } = values;
  const given = [minSize, maxSize, minAge, maxAge, filesFrom].some((value) => value !== undefined);
  return given || from0 === true ||
    [include, exclude, includeRegex, excludeRegex].some(({ length }) => length > 0);
}

/**
 * The filter of a command line; `undefined` where all objects are meant. Patterns that are none, lists that are none and
 * what contradicts itself are a `UsageError`. Ages count from now. Where all sources are local, names of a list may begin
 * with `./`, as find writes them.
 */
export async function filterOf(
  context: CommandContext,
  values: Partial<FilterValues>,
  sources: readonly string[],
): Promise<ObjectFilter | undefined> {
  if (!isFiltered(values)) return undefined;
  const { minSize, maxSize, minAge, maxAge, filesFrom, from0 = false, ...patterns } = values;
  if (from0 && filesFrom === undefined) throw new UsageError("--from0 says how --files-from is read.");
  const { createFilter } = await import("@lade/transfer/filter");
  const { include, exclude, includeRegex, excludeRegex } = patterns;
  const now = (await context.lade()).context.clock.now();
  try {
    return createFilter({
      ...(include && { include }),
      ...(exclude && { exclude }),
      ...(includeRegex && { includeRegex }),
      ...(excludeRegex && { excludeRegex }),
      ...(minSize !== undefined && { minSize }),
      ...(maxSize !== undefined && { maxSize }),
      ...(minAge !== undefined && { changedUntil: dateOf(minAge, now) }),
      ...(maxAge !== undefined && { changedSince: dateOf(maxAge, now) }),
      ...(filesFrom !== undefined && { names: await namesFrom(context, filesFrom, from0, sources) }),
    });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`${error.message}.`, { cause: error }) : error;
  }
}

/** Takes apart an argument that holds wildcards; `undefined` where it holds none. What is no pattern is a `UsageError`. */
export async function splitArgument(argument: string): Promise<SplitGlob | undefined> {
  const { splitGlob } = await import("@lade/transfer/filter");
  try {
    return splitGlob(argument);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`${error.message}.`, { cause: error }) : error;
  }
}

function dateOf(age: Date | number, now: number): Date {
  return age instanceof Date ? age : new Date(now - age);
}

async function namesFrom(
  context: CommandContext,
  file: string,
  nul: boolean,
  sources: readonly string[],
): Promise<string[]> {
  const { readNames } = await import("@lade/transfer/filter");
  const { isStandardInput, readInput, standardInput } = await import("@lade/transfer");
  const { localPathOf, uriOfArgument } = await import("@lade/transfer/places");
  const { signal, terminal } = context;
  const open = async () => {
    const source = await system.open(file);
    return { source, close: () => source.close() };
  };
  const isInput = isStandardInput(file);
  const source = isInput ? "standard input" : JSON.stringify(file);
  const chunks = isInput ? standardInput(terminal.stdin).read(signal) : readInput(open, source, signal);
  const areLocal = sources.every((source) => localPathOf(uriOfArgument(source)) !== undefined);
  const names: string[] = [];
  for await (const name of readNames(chunks, { nul, source, nulOption: "--from0" })) {
    names.push(areLocal ? name.replace(/^(?:\.\/)+(?=.)/s, "") : name);
  }
  return names;
}
