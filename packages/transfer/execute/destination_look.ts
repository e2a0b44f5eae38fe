import type { ObjectMeta, ObjectStore } from "@lade/core";
import { compareKeys } from "@lade/core/backend";
import { NotFoundError, UnsupportedError } from "@lade/core/errors";
import { lookUp } from "../places/look_up.ts";
import type { Place } from "../places/place.ts";

/** So many looks are made one by one, before a listing is worth it. */
const LOOKS = 64;

/**
 * Looks at what is at destinations: at the first ones one by one, then by one listing in the order of keys, which it reads
 * on as far as the next one. One that is asked for out of that order is looked at alone.
 */
export class DestinationLook {
  readonly #prefix: Place | undefined;
  readonly #signal: AbortSignal;
  #looks = 0;
  #listing: AsyncIterator<ObjectMeta> | undefined;
  #next: ObjectMeta | undefined;
  #last: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** Lists what is under `prefix`, if anything is to be listed. */
  constructor(prefix: Place | undefined, signal: AbortSignal) {
    this.#prefix = prefix;
    this.#signal = signal;
  }

  /** What is at a place; `undefined` where nothing is. Calls have their turn in the order in which they are made. */
  find({ store, key }: Place): Promise<ObjectMeta | undefined> {
    const found = this.#turn.then(() => this.#find(store, key));
    this.#turn = found.catch(() => {});
    return found;
  }

  async #find(store: ObjectStore, key: string): Promise<ObjectMeta | undefined> {
    const isInOrder = this.#last === undefined || compareKeys(this.#last, key) < 0;
    const prefix = this.#prefix;
    if (++this.#looks <= LOOKS || !isInOrder || prefix?.store !== store || !key.startsWith(prefix.key)) {
      return await lookUp({ store, key }, this.#signal);
    }
    try {
      this.#listing ??= store.list(prefix.key, { signal: this.#signal, onLeftOut: () => {} })
        [Symbol.asyncIterator]();
      this.#last = key;
      while (this.#next === undefined || compareKeys(this.#next.key, key) < 0) {
        const { value, done } = await this.#listing.next();
        if (done) return undefined;
        this.#next = value;
      }
      return this.#next.key === key ? this.#next : undefined;
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      // A store that lists in no order.
      if (!(error instanceof UnsupportedError)) throw error;
      this.#looks = -Infinity;
      return await lookUp({ store, key }, this.#signal);
    }
  }

  /** Ends the listing. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#listing?.return?.();
  }
}
