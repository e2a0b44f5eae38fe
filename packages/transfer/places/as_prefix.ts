import type { LocatedUri, UriCalls } from "./uri_calls.ts";

/**
 * The prefix that has the name of a place: in a store of objects it is in the same container, and a local directory is one
 * of its own. What a URL said of the container, such as a signature, holds for it too.
 */
export async function asPrefix(lade: Pick<UriCalls, "locate">, place: LocatedUri): Promise<LocatedUri> {
  const { store, key, uriOf } = place;
  return store.tree ? await lade.locate(`${uriOf(key)}/`) : { store, key: `${key}/`, uriOf };
}
