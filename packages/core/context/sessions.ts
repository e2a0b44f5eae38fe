/** A share in a session. */
export interface SessionLease<T> {
  /** What is shared. */
  readonly session: T;
  /** Gives the share back; the second time nothing happens. */
  release(): Promise<void>;
}

interface Held {
  readonly session: AsyncDisposable;
  leases: number;
  isKept: boolean;
}

/**
 * What the stores of one owner, such as a `Lade`, share with each other and with calls on containers: for each account
 * and service one session, with its connections and credentials. A session is closed when the owner is disposed and its
 * last lease was released, whichever is later.
 */
export class Sessions implements AsyncDisposable {
  readonly #held = new Map<string, Held>();
  readonly #ids = new WeakMap<object, number>();
  #lastId = 0;

  /**
   * Takes a share in the session of `key`, which `make` opens where there is none. Two keys are equal where their items
   * are: texts and numbers by value, objects and functions by identity.
   */
  lease<T extends AsyncDisposable>(key: readonly unknown[], make: () => T): SessionLease<T> {
    const name = JSON.stringify(key.map((item) => this.#named(item)));
    const held: Held = this.#held.get(name) ?? { session: make(), leases: 0, isKept: true };
    this.#held.set(name, held);
    held.leases++;
    let isReleased = false;
    return {
      session: held.session as T,
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        held.leases--;
        await closeUnused(held);
      },
    };
  }

  /** Closes every session that no store has a share in; the others when their last share is released. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(all.map((held) => {
      held.isKept = false;
      return closeUnused(held);
    }));
  }

  #named(item: unknown): unknown {
    if (item === undefined) return [];
    if ((typeof item !== "object" && typeof item !== "function") || item === null) return item;
    const id = this.#ids.get(item) ?? ++this.#lastId;
    this.#ids.set(item, id);
    return [id];
  }
}

async function closeUnused({ session, leases, isKept }: Held): Promise<void> {
  if (leases === 0 && !isKept) await session[Symbol.asyncDispose]();
}
