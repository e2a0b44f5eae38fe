/** Leave for one second request. */
export interface Hedge {
  /** Says whether the second answer was the one that is used; nothing where neither was. A second call does nothing. */
  settle(won?: boolean): void;
}

// One second request in twenty: at most 5 % more.
const REQUESTS_PER_HEDGE = 20;
const MOST_SAVED = 10 * REQUESTS_PER_HEDGE;
const SHUT_MS = 10_000;
const MOST_AT_ONCE = 8;

/**
 * Bounds the requests that are made a second time because the first is slow: to one for every twenty that were made, to none
 * within ten seconds after the service asked for fewer requests, and to as many at once as have paid. At first that is one;
 * each that wins allows one more, up to eight, and one that loses brings it back to one. So an endpoint where all is slow is
 * hardly asked twice.
 */
export class HedgeBudget {
  readonly #clock: { monotonicMs(): number };
  #credit = 0;
  #shutUntilMs = -Infinity;
  #atOnce = 1;
  #inFlight = 0;
  #issued = 0;
  #won = 0;

  /** Takes the time from `clock`; a `Clock` is one. */
  constructor(clock: { monotonicMs(): number }) {
    this.#clock = clock;
  }

  /** Second requests that were made. */
  get issued(): number {
    return this.#issued;
  }

  /** Second requests whose answer was used. */
  get won(): number {
    return this.#won;
  }

  /** Counts a request, of any kind, that is no second one. */
  noteRequest(): void {
    if (this.#credit < MOST_SAVED) this.#credit++;
  }

  /** Counts an answer by which the service asks for fewer requests (429, 503). */
  noteThrottled(): void {
    this.#credit = 0;
    this.#shutUntilMs = this.#clock.monotonicMs() + SHUT_MS;
  }

  /** Leave for a second request, which is then to be made; or none. */
  tryTake(): Hedge | undefined {
    if (this.#credit < REQUESTS_PER_HEDGE || this.#inFlight >= this.#atOnce) return undefined;
    if (this.#clock.monotonicMs() < this.#shutUntilMs) return undefined;
    this.#credit -= REQUESTS_PER_HEDGE;
    this.#inFlight++;
    this.#issued++;
    let open = true;
    return {
      settle: (won) => {
        if (!open) return;
        open = false;
        this.#inFlight--;
        if (won) this.#won++;
        if (won !== undefined) this.#atOnce = won ? Math.min(MOST_AT_ONCE, this.#atOnce + 1) : 1;
      },
    };
  }
}
