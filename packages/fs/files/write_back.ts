/** Bytes that are worth a call of their own. */
const STEP = 2 ** 25;

/**
 * Has the bytes of a file brought to the disk while more of them come, so that little is left to wait for at its end: one call at
 * a time, each for what came meanwhile.
 */
export class WriteBack {
  readonly #sync: () => Promise<void>;
  #waiting = 0;
  #flying: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `sync` waits until what was written is on the disk. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Counts bytes that were written. */
  wrote(bytes: number): void {
    this.#waiting += bytes;
    if (this.#waiting < STEP || this.#flying || this.#failure) return;
    this.#waiting = 0;
    this.#flying = this.#sync().catch((error) => {
      this.#failure = { error };
    }).finally(() => {
      this.#flying = undefined;
    });
  }

  /** Resolves when no call is in flight. */
  async settle(): Promise<void> {
    await this.#flying;
  }

  /** Throws what a call failed with: the system says it once, and a later call would pass over it. */
  async finish(): Promise<void> {
    await this.settle();
    if (this.#failure) throw this.#failure.error;
  }
}
