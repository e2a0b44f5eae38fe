import type { ObjectMeta } from "@lade/core";

/** What a filter is told of what was not looked at: its size and its time are not known, and compare with nothing. */
export function unknownMeta(key: string): ObjectMeta {
  return { key, size: NaN, lastModified: new Date(NaN) };
}
