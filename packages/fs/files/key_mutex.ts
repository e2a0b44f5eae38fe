import { AbortableQueue } from "@lade/core/concurrency";

/** Lets one holder at a time have a key; others wait in the order they came. */
export class KeyMutex {
  readonly #waiting = new Map<string, AbortableQueue>();

  /** Waits for `key`. Disposing gives it to the next one. */
  async acquire(key: string, signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    const queue = this.#waiting.get(key);
    if (queue) await queue.wait(undefined, signal);
    else this.#waiting.set(key, new AbortableQueue());
    return { [Symbol.dispose]: () => this.#release(key) };
  }

  /** Whether nobody has `key`: who does not wait before it is done with it needs no turn. */
  isFree(key: string): boolean {
    return !this.#waiting.has(key);
  }

  #release(key: string): void {
    if (!this.#waiting.get(key)?.give()) this.#waiting.delete(key);
  }
}
