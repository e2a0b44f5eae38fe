import { compareKeys } from "@lade/core/backend";

/** What a page is asked for by. */
export interface NameQuery {
  /** Beginning of all names. */
  readonly prefix?: string | undefined;
  /** Folds names at this. */
  readonly delimiter?: string | undefined;
  /** The page begins after this name. */
  readonly after?: string | undefined;
  /** Names of a page at most; 1,000 by default. */
  readonly limit?: number;
}

/** A name of a page. */
export interface ListedName {
  /** The key, or the prefix that stands for several. */
  readonly name: string;
  /** Whether it is such a prefix. */
  readonly isPrefix: boolean;
}

/** One page of the keys of a fake, in the order of UTF-8 bytes. `next` is absent on the last page. */
export function listNames(
  keys: Iterable<string>,
  { prefix = "", delimiter = "", after = "", limit = 1000 }: NameQuery,
): { readonly names: readonly ListedName[]; readonly next?: string } {
  const found = new Map<string, ListedName>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (compareKeys(name, after) > 0) found.set(name, { name, isPrefix: end >= 0 });
  }
  const names = [...found.values()].sort((a, b) => compareKeys(a.name, b.name));
  const next = names[limit - 1]?.name;
  return { names: names.slice(0, limit), ...(names.length > limit && next !== undefined && { next }) };
}
