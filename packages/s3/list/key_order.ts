import { type CommonPrefix, compareKeys, type ObjectMeta, UnsupportedError } from "@lade/core/backend";
import { nameOf } from "./list_page.ts";
import type { Listing, PageInHand } from "./list_objects.ts";

type Entry = ObjectMeta | CommonPrefix;

/** Entries that are sorted here at most: some 30 MB. */
const MAX_SORTED = 100_000;

/**
 * The entries of a page that follow `last`, if they ascend; `undefined` if they do not. A service that lists what changes
 * meanwhile may tell a name again, or names before the one that was to be followed; these are left out.
 */
export function inKeyOrder(
  entries: readonly Entry[],
  last: string,
  startAfter: string,
): readonly Entry[] | undefined {
  const repeats = new Set<number>();
  for (const [at, entry] of entries.entries()) {
    const name = nameOf(entry);
    if (compareKeys(name, last) > 0) last = name;
    else if (name === last || compareKeys(name, startAfter) <= 0) repeats.add(at);
    else return undefined;
  }
  return repeats.size === 0 ? entries : entries.filter((_, at) => !repeats.has(at));
}

/** All entries that follow the listing's start, sorted, each once. More than can be sorted are an `UnsupportedError`. */
export async function sortAll(
  { uri, startAfter }: Listing,
  pages: AsyncIterable<PageInHand>,
): Promise<readonly Entry[]> {
  const all = new Map<string, Entry>();
  for await (const { entries, fetchNext } of pages) {
    fetchNext();
    for (const entry of entries) {
      const name = nameOf(entry);
      if (compareKeys(name, startAfter) > 0) all.set(name, entry);
    }
    if (all.size > MAX_SORTED) {
      throw new UnsupportedError({
        operation: "list",
        uri,
        detail:
          "the service does not list in the order of UTF-8 bytes, and more than 100,000 names are too many " +
          'to sort; list in the order "any"',
      });
    }
  }
  return [...all.values()].sort((a, b) => compareKeys(nameOf(a), nameOf(b)));
}
