import { compareKeys, lowerBound } from "../../parts/key_order.ts";

/** What a listing names: a key, or all keys up to a delimiter. */
export type Listed = { kind: "key"; key: string } | { kind: "prefix"; prefix: string };

/**
 * Walks keys that are in order, those for which `isListed` holds, and rolls up what has the delimiter after
 * the prefix.
 */
export function* walkKeys(
  keys: readonly string[],
  query: { prefix: string; delimiter: string; after: string; isListed: (key: string) => boolean },
): Generator<Listed, void, undefined> {
  const { prefix, delimiter, after } = query;
  const isBefore = (key: string) =>
    compareKeys(key, prefix) < 0 || (after !== "" && compareKeys(key, after) <= 0);
  for (let i = lowerBound(keys, isBefore); i < keys.length;) {
    const key = keys[i] ?? "";
    if (!key.startsWith(prefix)) return;
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (!query.isListed(key)) {
      i++;
    } else if (at < 0) {
      yield { kind: "key", key };
      i++;
    } else {
      const common = key.slice(0, at + delimiter.length);
      // A marker inside a rolled-up prefix is the end of a page that already named it.
      if (!after.startsWith(common)) yield { kind: "prefix", prefix: common };
      i = lowerBound(keys, (other) => other.startsWith(common) || compareKeys(other, common) < 0);
    }
  }
}

/** Takes up to `max` of what a walk finds, and says whether there is more. */
export function takePage<T>(walk: Iterable<T>, max: number): { page: T[]; truncated: boolean } {
  const page: T[] = [];
  if (max === 0) return { page, truncated: false };
  for (const item of walk) {
    if (page.length === max) return { page, truncated: true };
    page.push(item);
  }
  return { page, truncated: false };
}

/** The name by which the next page of a listing goes on. */
export function nameOf(listed: Listed): string {
  return listed.kind === "key" ? listed.key : listed.prefix;
}
