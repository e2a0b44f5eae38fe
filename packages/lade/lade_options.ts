import type { ListOptions, ObjectStore, Registry, StoreContext } from "@lade/core";
import type { OpenedContainer } from "./opened_containers.ts";
import type { LadeConfig } from "./uri_configs.ts";

/** Options of `Lade`. */
export interface LadeOptions {
  /**
   * Configuration by scheme and by URI prefix, such as `{ s3: { … }, "s3://other/": { profile: "dev" } }`. An unknown
   * scheme, or an unknown name within one, is a `TypeError`.
   */
  readonly config?: LadeConfig;
  /** What all stores share; a context of its own by default. Not together with `registry`. */
  readonly context?: StoreContext;
  /** The backends; every one of Lade's by default. */
  readonly registry?: Registry;
  /**
   * Called once for each container that is opened, made or deleted, and for each scheme whose containers are listed, with
   * its configuration, without secrets.
   */
  readonly onOpen?: (opened: OpenedContainer) => void;
  /** Lays something over each store that is opened, such as `observe` or `recordOpLog`; it disposes the store below. */
  readonly layer?: (store: ObjectStore) => ObjectStore;
}

/** Throws a `TypeError` for options of `Lade` that there are none of, such as a configuration beside `config`. */
export function refuseUnknown(others: Readonly<Record<never, never>>): void {
  const [name] = Object.keys(others);
  if (name === undefined) return;
  const known = "config, context, registry, onOpen and layer";
  throw new TypeError(`Cannot make a Lade with ${JSON.stringify(name)}: its options are ${known}`);
}

/** Options of `Lade.list`. */
export interface ListUriOptions extends ListOptions {
  /** Lists one level, deeper ones folded into prefixes; every level by default. */
  readonly delimiter?: boolean;
}
