import type { ObjectStore } from "@lade/core";
import type { StoreResolver } from "./replay_options.ts";
import type { MappedUri } from "./uri_map.ts";

/** An object, or a prefix, in a store. */
export interface PlaceIn {
  /** The store. */
  readonly store: ObjectStore;
  /** The key, or the prefix. */
  readonly key: string;
}

/** The stores of a replay, each found once. */
export class Places {
  readonly #resolve: StoreResolver;
  readonly #found = new Map<string, Promise<PlaceIn>>();

  /** Finds stores by `resolve`. */
  constructor(resolve: StoreResolver) {
    this.#resolve = resolve;
  }

  /** The store of a prefix, and the prefix in it. */
  baseOf(base: string): Promise<PlaceIn> {
    let found = this.#found.get(base);
    if (!found) this.#found.set(base, found = this.#resolve(base));
    return found;
  }

  /** The store and the key of an object. */
  async find({ base, rest }: Pick<MappedUri, "base" | "rest">): Promise<PlaceIn> {
    const { store, key } = await this.baseOf(base);
    return { store, key: key + rest };
  }
}
