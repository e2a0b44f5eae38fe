import { followAbort } from "./follow_abort.ts";

/**
 * Those who wait for something, in the order they came. Each may say what it wants, and gives up when its signal is
 * aborted.
 */
export class AbortableQueue<Given = void, Wanted = void> {
  readonly #onGivenUp: ((reason: unknown) => void) | undefined;
  readonly #waiting: Waiter<Given, Wanted>[] = [];

  /** Nobody waits. `onGivenUp` is called after one has left because its signal was aborted. */
  constructor(onGivenUp?: (reason: unknown) => void) {
    this.#onGivenUp = onGivenUp;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** What the first in line wants. */
  get first(): Wanted | undefined {
    return this.#waiting[0]?.wanted;
  }

  /** What the one wants before whom `index` others wait. */
  at(index: number): Wanted | undefined {
    return this.#waiting[index]?.wanted;
  }

  /** Gets in line. Resolves with what is given; rejects with `signal.reason`. */
  wait(wanted: Wanted, signal?: AbortSignal): Promise<Given> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      if (!signal) return void this.#waiting.push({ wanted, resolve, reject });
      const waiter: Waiter<Given, Wanted> = {
        wanted,
        resolve: (given) => (leave(), resolve(given)),
        reject: (reason) => (leave(), reject(reason)),
      };
      const handleEvent = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason);
        this.#onGivenUp?.(signal.reason);
      };
      const leave = followAbort(signal, { handleEvent });
      this.#waiting.push(waiter);
    });
  }

  /** Gives to the first in line, or to the first that `suits`. `false` where there is none. */
  give(given: Given, suits?: (wanted: Wanted) => boolean): boolean {
    const index = suits ? this.#waiting.findIndex(({ wanted }) => suits(wanted)) : 0;
    const waiter = index > 0
      ? this.#waiting.splice(index, 1)[0]
      : index === 0
      ? this.#waiting.shift()
      : undefined;
    waiter?.resolve(given);
    return waiter !== undefined;
  }

  /** Rejects the first `count` in line, all by default. */
  refuse(reason: unknown, count: number = this.#waiting.length): void {
    for (const waiter of this.#waiting.splice(0, count)) waiter.reject(reason);
  }
}

interface Waiter<Given, Wanted> {
  readonly wanted: Wanted;
  readonly resolve: (given: Given) => void;
  readonly reject: (reason: unknown) => void;
}
