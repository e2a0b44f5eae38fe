import type { ObjectMeta } from "@lade/core";
import { compareKeys } from "@lade/core/backend";
import { Glob } from "./glob.ts";
import type { ObjectFilter } from "./object_filter.ts";

/**
 * Which objects are meant. An object has to pass everything that is given, in no order: one that is excluded is out
 * whatever includes it, and where anything includes, something has to.
 */
export interface FilterOptions {
  /** Globs of names that are meant. */
  readonly include?: readonly string[];
  /** Globs of names that are not. */
  readonly exclude?: readonly string[];
  /** Regular expressions that a part of a meant name matches. */
  readonly includeRegex?: readonly (string | RegExp)[];
  /** Regular expressions that no part of a meant name matches. */
  readonly excludeRegex?: readonly (string | RegExp)[];
  /** Bytes at least. */
  readonly minSize?: number;
  /** Bytes at most. */
  readonly maxSize?: number;
  /** Last changed then or later. */
  readonly changedSince?: Date;
  /** Last changed then or before. */
  readonly changedUntil?: Date;
  /** The names that are meant, below what is listed, as they stand; about 100 bytes of memory each. */
  readonly names?: Iterable<string>;
}

/**
 * Makes a filter; `undefined` where nothing is asked for. A pattern that is none, and sizes and times that nothing can
 * have, are a `TypeError`.
 */
export function createFilter(options: FilterOptions): ObjectFilter | undefined {
  const { minSize = 0, maxSize = Infinity, changedSince, changedUntil } = options;
  const since = changedSince?.getTime() ?? -Infinity;
  const until = changedUntil?.getTime() ?? Infinity;
  if (minSize > maxSize) throw new TypeError("Cannot filter: the least size is above the greatest");
  if (since > until) throw new TypeError("Cannot filter: nothing changed both since and until those times");
  const names = options.names && new Set(options.names);
  const included = patternsOf(options.include, options.includeRegex);
  const excluded = patternsOf(options.exclude, options.excludeRegex);
  const byMeta = minSize > 0 || maxSize < Infinity || since > -Infinity || until < Infinity;
  if (!names && included.length + excluded.length === 0 && !byMeta) return undefined;
  const accept = (meta: ObjectMeta, name: string): boolean => {
    if (names && !names.has(name)) return false;
    if (byMeta && (meta.size < minSize || meta.size > maxSize)) return false;
    if (byMeta && !isWithin(meta.lastModified.getTime(), since, until)) return false;
    if (included.length > 0 && !included.some((matches) => matches(name))) return false;
    return !excluded.some((matches) => matches(name));
  };
  const prefixes = prefixesOf(options);
  return Object.assign(accept, {
    ...(prefixes && { prefixes }),
    ...(names && { names }),
    byNameOnly: !byMeta,
  });
}

/** A time that is not known, which compares with nothing, does not leave an object out. */
function isWithin(time: number, since: number, until: number): boolean {
  return !(time < since || time > until);
}

type Pattern = (name: string) => boolean;

function patternsOf(
  globs: readonly string[] = [],
  expressions: readonly (string | RegExp)[] = [],
): readonly Pattern[] {
  return [
    ...globs.map((text) => {
      const glob = new Glob(text);
      return (name: string) => glob.matches(name);
    }),
    ...expressions.map((text) => {
      const expression = readExpression(text);
      return (name: string) => expression.test(name);
    }),
  ];
}

/** Without the flags that remember where the last match was. */
function readExpression(expression: string | RegExp): RegExp {
  const { source, flags } = typeof expression === "string" ? { source: expression, flags: "u" } : expression;
  if (source === "") throw new TypeError("Cannot use a regular expression that is empty");
  try {
    return new RegExp(source, flags.replace(/[gy]/g, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, "") : String(error);
    const detail = reason.replace(/^./, (first) => first.toLowerCase());
    throw new TypeError(`Cannot use the regular expression ${JSON.stringify(source)}: ${detail}`, {
      cause: error,
    });
  }
}

/** What every meant name begins with, where globs from the beginning on are all that includes. */
function prefixesOf({ include = [], includeRegex = [] }: FilterOptions): readonly string[] | undefined {
  if (include.length === 0 || includeRegex.length > 0) return undefined;
  const all = include.map((glob) => new Glob(glob).literalPrefix).sort(compareKeys);
  const least: string[] = [];
  // In order, what begins with another one follows it.
  for (const prefix of all) {
    const last = least.at(-1);
    if (last === undefined || !prefix.startsWith(last)) least.push(prefix);
  }
  return least[0] === "" ? undefined : least;
}
