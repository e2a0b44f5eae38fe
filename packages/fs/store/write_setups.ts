import type { LocalSetup } from "../tree/local_setup.ts";

/** What is written, and what works on it. */
export interface ReadyWrite<Request> {
  readonly setup: LocalSetup;
  readonly request: Request;
}

/** Which keys are written as the store is configured, and which have to be on the disk. */
export class WriteSetups {
  readonly #setup: LocalSetup;
  readonly #durable: LocalSetup;
  readonly #prefixes = new Set<string>();

  /** Nothing has to be at first; `durable` is what then works on the keys. */
  constructor(setup: LocalSetup, durable: LocalSetup = setup) {
    this.#setup = setup;
    this.#durable = durable;
  }

  /** Keys that begin with `prefix` have to be from now on. */
  keepDurable(prefix: string): void {
    this.#prefixes.add(prefix);
  }

  /** What works on a key that is written or deleted. */
  of(key: string): LocalSetup {
    for (const prefix of this.#prefixes) if (key.startsWith(prefix)) return this.#durable;
    return this.#setup;
  }
}
