/** Lets one holder at a time have a key; others wait in the order they came. */
export class KeyMutex {
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Waits for `key`. Disposing gives it to the next one. */
  async acquire(key: string, signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    const queue = this.#waiting.get(key);
    if (queue) await this.#wait(queue, signal);
    else this.#waiting.set(key, []);
    return { [Symbol.dispose]: () => this.#release(key) };
  }

  #wait(queue: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = () => {
        queue.splice(queue.indexOf(turn), 1);
        reject(signal?.reason);
      };
      queue.push(turn);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #release(key: string): void {
    const next = this.#waiting.get(key)?.shift();
    if (next) next();
    else this.#waiting.delete(key);
  }
}
