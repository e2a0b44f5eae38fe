import type { Value } from "../values/value.ts";

/** A name of an option: `-r`, `--recursive`. */
export type OptionName = `-${string}`;

/**
 * One thing that a command line can say: a flag, an option with a value, or an argument. The parser, the help and the
 * manual page are made of it.
 */
export interface Option<T> {
  /** Its names; an argument has none. */
  readonly names: readonly OptionName[];
  /** What the help says of it. */
  readonly description: string;
  /** Reads its value; a flag has none. */
  readonly value?: Value<unknown>;
  /** How often it must be there. */
  readonly least: number;
  /** Whether it may be there more than once. */
  readonly repeats: boolean;
  /** What is wrong where it is there less often. */
  readonly tooFew?: string;
  /** What it comes to, by its values in their order; a flag has `true` for each time. */
  combine(values: readonly unknown[]): T;
}

/** What a command line can say, by the names that the program has for it. Arguments are in their order. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What a command line says, by the same names. */
export type ValuesOf<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name] extends Option<infer Value> ? Value : never;
};

/** A flag: `true` where it is there. */
export function flag(names: readonly OptionName[], description: string): Option<boolean> {
  const combine = (values: readonly unknown[]) => values.length > 0;
  return { names, description, least: 0, repeats: false, combine };
}

/** A flag that counts: how often it is there. */
export function count(names: readonly OptionName[], description: string): Option<number> {
  return { names, description, least: 0, repeats: true, combine: (values) => values.length };
}

/** An option with a value: `fallback` where it is not there. */
export function option<T, const F>(
  names: readonly OptionName[],
  value: Value<T>,
  fallback: F,
  description: string,
): Option<T | F> {
  const combine = (values: readonly unknown[]) => values.length > 0 ? values[0] as T : fallback;
  return { names, value, description, least: 0, repeats: false, combine };
}

/** An option that may be there several times. */
export function repeated<T, C>(
  names: readonly OptionName[],
  value: Value<T>,
  combine: (values: readonly T[]) => C,
  description: string,
): Option<C> {
  const combineAll = (values: readonly unknown[]) => combine(values as readonly T[]);
  return { names, value, description, least: 0, repeats: true, combine: combineAll };
}

/** An argument that must be there. */
export function argument<T>(value: Value<T>, description: string): Option<T> {
  const combine = (values: readonly unknown[]) => values[0] as T;
  return { names: [], value, description, least: 1, repeats: false, combine };
}

/** An argument that may be there: `fallback` where it is not. */
export function optionalArgument<T, const F>(
  value: Value<T>,
  fallback: F,
  description: string,
): Option<T | F> {
  return option([], value, fallback, description);
}

/** All further arguments. */
export function restOfArguments<T>(
  value: Value<T>,
  description: string,
  needed: { readonly least: number; readonly tooFew?: string } = { least: 0 },
): Option<readonly T[]> {
  const combine = (values: readonly unknown[]) => values as readonly T[];
  return { names: [], value, description, repeats: true, combine, ...needed };
}
