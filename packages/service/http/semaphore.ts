import { AbortableQueue } from "@lade/core/concurrency";

/** Lets so many go on at a time, in the order they come. */
export class Semaphore {
  readonly #count: number;
  readonly #waiting = new AbortableQueue();
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** Waits for a turn; rejects with `signal.reason`. Every turn is given back by {@linkcode release}. */
  acquire(signal: AbortSignal): Promise<void> | void {
    signal.throwIfAborted();
    if (this.#taken < this.#count) return void this.#taken++;
    return this.#waiting.wait(undefined, signal);
  }

  /** Gives a turn to the longest waiter. */
  release(): void {
    if (!this.#waiting.give()) this.#taken--;
  }
}
