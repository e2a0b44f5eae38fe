import type { ObjectStore } from "@lade/core";
import type { UriCalls } from "../places/uri_calls.ts";

/** The calls of a `Lade`, with another store, such as a layer, in place of that of the URIs that begin with `uri`. */
export function withStore(lade: UriCalls, uri: string, layer: (store: ObjectStore) => ObjectStore): UriCalls {
  return {
    context: lade.context,
    stores: lade.stores,
    async locate(at) {
      const located = await lade.locate(at);
      return at.startsWith(uri) ? { ...located, store: layer(located.store) } : located;
    },
    uriOf: (at) => lade.uriOf(at),
    createContainer: (at, options) => lade.createContainer(at, options),
    deleteContainer: (at, options) => lade.deleteContainer(at, options),
  };
}
