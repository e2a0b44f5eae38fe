import { type CommonPrefix, compareKeys } from "@lade/core/backend";
import type { Page } from "./page_reader.ts";

/** The key or prefix of an entry. */
export function nameOf(entry: { readonly key: string } | CommonPrefix): string {
  return "key" in entry ? entry.key : entry.prefix;
}

/** Entries and folded prefixes of a page together, by name where both are there; entries of one key keep their order. */
export function entriesOf<T extends { readonly key: string }>(
  { entries, prefixes = [] }: Page<T>,
  delimiter: "/" | undefined,
): readonly (T | CommonPrefix)[] {
  if (delimiter === undefined || prefixes.length === 0) return entries;
  return entries.length === 0
    ? prefixes
    : [...entries, ...prefixes].sort((a, b) => compareKeys(nameOf(a), nameOf(b)));
}
