import type { ObjectVersion } from "@lade/core/backend";
import type { Page, PageQuery, PageReader } from "./page_reader.ts";

/**
 * Turns round what a service lists the oldest first within a key: `arrange` gives the versions of one key in the order that
 * is wanted, without those that are not. All of one key are held in memory.
 */
export function newestFirst(
  read: (query: PageQuery) => Promise<Page<ObjectVersion>>,
  arrange: (versions: readonly ObjectVersion[]) => readonly ObjectVersion[],
): PageReader<ObjectVersion> {
  let held: readonly ObjectVersion[] = [];
  return {
    async readPage(query) {
      const page = await read(query);
      const groups = Map.groupBy([...held, ...page.entries], ({ key }) => key);
      const last = [...groups.keys()].at(-1);
      const folded = page.prefixes?.at(-1)?.prefix;
      // More of the last key may be on the next page, unless something else comes after it on this one.
      const isOpen = page.next !== undefined && last !== undefined && (folded === undefined || folded < last);
      held = isOpen ? groups.get(last) ?? [] : [];
      if (isOpen) groups.delete(last);
      return { ...page, entries: [...groups.values()].flatMap(arrange) };
    },
  };
}
