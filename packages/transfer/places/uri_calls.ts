import type { CallOptions, ObjectStore, StoreContext } from "@lade/core";

/** Where a URI leads: an opened container, and a key or prefix in it. */
export interface LocatedUri {
  /** The container's store, shared by all calls of one `Lade` and closed with it. */
  readonly store: ObjectStore;
  /** The key, or the prefix when it is empty or ends in `/`. */
  readonly key: string;
  /** The URI of another key of the same container. */
  readonly uriOf: (key: string) => string;
}

/** The calls by URI that removals and transfers are made of: a `Lade` has them. */
export interface UriCalls {
  /** What all stores share. */
  readonly context: StoreContext;
  /** The stores that are open. */
  readonly stores: readonly ObjectStore[];
  /** Finds the container of a URI, opened and shared, and the key or prefix in it. */
  locate(uri: string): Promise<LocatedUri>;
  /** The URI as its provider writes it. Opens nothing. */
  uriOf(uri: string): Promise<string>;
  /** Makes the container that a URI names. */
  createContainer(uri: string, options?: CallOptions): Promise<void>;
  /** Deletes the empty container that a URI names. */
  deleteContainer(uri: string, options?: CallOptions): Promise<void>;
}
