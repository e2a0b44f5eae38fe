import { objectUri } from "@lade/core/backend";

/** What messages about a listing name: the store, or the prefix in it. */
export function prefixUri(storeUri: string, prefix: string): string {
  return prefix === "" ? storeUri : objectUri(storeUri, prefix);
}
