import type { ObjectStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { localPathOf, type Place } from "../places/place.ts";

/** Finds out, for a transfer that only says what it would do, whether the containers are there that it goes to. */
export class ContainerLook {
  readonly #signal: AbortSignal;
  readonly #looks = new Map<ObjectStore, Promise<NotFoundError | undefined>>();

  /** Asks nothing yet. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Throws where a transfer to this place would fail for its container. One listing is made of each container. */
  async check({ store, key, uri }: Place): Promise<void> {
    // Its directories are made.
    if (localPathOf(uri) !== undefined) return;
    let look = this.#looks.get(store);
    if (!look) this.#looks.set(store, look = this.#look(store, key));
    const missing = await look;
    if (missing) throw missing.restated({ operation: "put", uri });
  }

  async #look(store: ObjectStore, prefix: string): Promise<NotFoundError | undefined> {
    try {
      for await (const _ of store.list(prefix, { order: "any", limit: 1, signal: this.#signal })) break;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof NotFoundError) return error;
      // Who may not list may write all the same.
    }
    return undefined;
  }
}
