import { AbortableQueue } from "@lade/core/concurrency";

/** The most descriptors of one file, by default: more than keep a disk busy, few enough for many concurrent files. */
const MOST = 8;

/** Descriptors of one file, opened as they are needed, since calls on one wait for each other. */
export class DescriptorPool<T> {
  readonly #open: () => T | Promise<T>;
  readonly #most: number;
  readonly #all: T[];
  readonly #idle: T[];
  readonly #waiting = new AbortableQueue<T>();
  #opening = 0;

  /** Begins with one descriptor; `open` gives further ones, `most` in all. */
  constructor(first: T, open: () => T | Promise<T>, most: number = MOST) {
    this.#open = open;
    this.#most = most;
    this.#all = [first];
    this.#idle = [first];
  }

  /** Every descriptor that is open. */
  get all(): readonly T[] {
    return this.#all;
  }

  /** Takes one that nobody uses, or waits for it; give it back by {@linkcode give}. */
  take(): T | Promise<T> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.length + this.#opening < this.#most) return this.#add();
    return this.#waiting.wait();
  }

  /** Gives one back, to the longest waiter. */
  give(descriptor: T): void {
    if (!this.#waiting.give(descriptor)) this.#idle.push(descriptor);
  }

  async #add(): Promise<T> {
    this.#opening++;
    try {
      const descriptor = await this.#open();
      this.#all.push(descriptor);
      return descriptor;
    } finally {
      this.#opening--;
    }
  }
}
