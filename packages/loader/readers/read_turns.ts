import type { Reader } from "./reader.ts";

/** Orders that a reader has at a time: what it reads, and what it goes on with without waiting for this thread. */
const MOST_ORDERS = 2;
const NOTHING = new Uint8Array(0);

interface Waiting {
  /** The program of what is read, where a reader may read it. */
  readonly program: string | undefined;
  readonly go: PromiseWithResolvers<"here" | "reader">;
}

/**
 * Says which batch is read next, and by whom: this thread reads one at a time, a reader has two. Whoever is free takes the
 * next one, so that neither waits for the other. While there is a reader, this thread reads only when the caller waits for a
 * batch, and then whatever comes next, if not the one that is waited for.
 */
export class ReadTurns {
  readonly #reader: Reader;
  readonly #signal: AbortSignal;
  readonly #waiting: Waiting[] = [];
  #isHereBusy = false;
  /** Batches that the reader has. */
  #there = 0;
  #isCallerWaiting = false;

  /** What waits fails once `signal` is aborted. */
  constructor(reader: Reader, signal: AbortSignal) {
    this.#reader = reader;
    this.#signal = signal;
    reader.onReady = () => this.#grant();
    signal.addEventListener("abort", () => {
      for (const { go } of this.#waiting.splice(0)) go.reject(signal.reason);
    }, { once: true });
  }

  /** The caller waits for a batch, or does no longer. */
  set isCallerWaiting(waits: boolean) {
    this.#isCallerWaiting = waits;
    if (waits) this.#grant();
  }

  /**
   * Runs `here` when it is this thread's turn. With a `program`, `there` may run in its place: it has the reader read, and
   * `here` runs behind it where something is left, before what waits for its turn.
   */
  async run(
    here: () => Promise<void>,
    shared?: { readonly program: string; readonly there: () => Promise<boolean> },
  ): Promise<void> {
    if (await this.#turn(shared?.program) === "reader" && shared) {
      const isDone = await shared.there().finally(() => {
        this.#there--;
        this.#grant();
      });
      if (isDone) return;
      await this.#turn(undefined, true);
    }
    try {
      await here();
    } finally {
      void this.#leave();
    }
  }

  #turn(program: string | undefined, isFirst = false): Promise<"here" | "reader"> {
    this.#signal.throwIfAborted();
    const go = Promise.withResolvers<"here" | "reader">();
    const waiting = { program, go };
    if (isFirst) this.#waiting.unshift(waiting);
    else this.#waiting.push(waiting);
    this.#grant();
    return go.promise;
  }

  /** Answers of a reader come in only while this thread waits for something. */
  async #leave(): Promise<void> {
    if (this.#there > 0) await crypto.subtle.digest("SHA-1", NOTHING);
    this.#isHereBusy = false;
    this.#grant();
  }

  #grant(): void {
    const reader = this.#reader;
    if (!this.#isHereBusy && (this.#isCallerWaiting || !reader.isReady)) this.#give(this.#waiting[0], "here");
    while (this.#there < MOST_ORDERS) {
      const next = this.#waiting.find(({ program }) => program !== undefined && reader.takes(program));
      if (!next) return;
      this.#give(next, "reader");
    }
  }

  #give(waiting: Waiting | undefined, to: "here" | "reader"): void {
    if (!waiting) return;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    if (to === "here") this.#isHereBusy = true;
    else this.#there++;
    waiting.go.resolve(to);
  }
}
