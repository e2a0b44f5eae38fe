import type { Clock } from "@lade/core/backend";
import type { Hedge } from "@lade/core/concurrency";
import { Flight } from "./flight.ts";
import type { Attempt, Outcome, Trying } from "./send_with_retry.ts";
import { WireError } from "./wire_error.ts";

/** Who learns from a race. */
export interface RaceListener {
  /** An answer that calls for no other try came at `nowMs`, after `durationMs`. */
  answered(durationMs: number, nowMs: number): void;
  /** An answer was waited for that long, and is waited for no more. */
  waitedInVain(durationMs: number): void;
  /** Whether the second try's answer was the one to use. */
  hedged(won: boolean): void;
}

/**
 * A try, and perhaps a second one of the same request: the first good answer ends the race, and the other try. A try that
 * fails waits for the other one; where both fail, the race fails as the first did.
 */
export class HedgeRace {
  readonly #first: Attempt;
  readonly #flight: Flight;
  readonly #trying: Trying;
  readonly #listener: RaceListener;
  readonly #clock: Clock;
  #second: { readonly flight: Flight; readonly hedge: Hedge } | undefined;
  #hedged = false;
  #over = false;
  #throttled = false;
  /** How the first try failed, while the second one is in flight. */
  #failed: Outcome | undefined;
  #resolve: (outcome: Outcome) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(first: Attempt, trying: Trying, listener: RaceListener, clock: Clock) {
    this.#first = first;
    this.#flight = first.flight ?? new Flight();
    this.#trying = trying;
    this.#listener = listener;
    this.#clock = clock;
  }

  /** When the first try had a connection; `Infinity` before. */
  get sentMs(): number {
    return this.#flight.sentMs;
  }

  /** Whether a second try was made. */
  get hedged(): boolean {
    return this.#hedged;
  }

  /** Makes the first try, and resolves with how the race ends. Rejects as the first try does. */
  run(): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#trying.make(this.#first).then(this.#onFirst, this.#onRejected);
    });
  }

  /** Makes the second try. */
  hedge(hedge: Hedge): void {
    const flight = new Flight();
    this.#hedged = true;
    this.#second = { flight, hedge };
    this.#trying.again(flight, this.#flight.address)
      .then((attempt) => this.#over ? undefined : this.#trying.make(attempt))
      // Only a `TransportError` is an outcome; what else fails, such as the making of a head, fails the first try too.
      .then(this.#onSecond, () => this.#onSecond(undefined));
  }

  readonly #onFirst = (outcome: Outcome): void => {
    this.#learn(outcome);
    if (this.#over) return drop(outcome);
    if (!outcome.failed || !this.#second) return this.#end(outcome, false);
    this.#failed = outcome;
  };

  readonly #onRejected = (error: unknown): void => {
    if (this.#over) return;
    this.#over = true;
    this.#second?.hedge.settle();
    this.#second?.flight.revoke(error);
    this.#reject(error);
  };

  readonly #onSecond = (outcome: Outcome | undefined): void => {
    if (outcome) this.#learn(outcome);
    if (this.#over) return drop(outcome);
    if (outcome && !outcome.failed) return this.#end(outcome, true);
    this.#settle(false);
    drop(outcome);
    if (this.#failed) this.#end(this.#failed, false);
  };

  #end(outcome: Outcome, won: boolean): void {
    this.#over = true;
    const second = this.#second;
    this.#settle(won);
    if (!won) second?.flight.revoke(overtaken());
    else if (this.#failed) drop(this.#failed);
    else {
      this.#listener.waitedInVain(this.#clock.monotonicMs() - this.sentMs);
      this.#flight.revoke(overtaken());
    }
    this.#resolve(this.#throttled ? { ...outcome, throttled: true } : outcome);
  }

  /** Notes what the second try was good for, if it is in flight. */
  #settle(won: boolean): void {
    if (!this.#second) return;
    this.#second.hedge.settle(won);
    this.#second = undefined;
    this.#listener.hedged(won);
  }

  #learn({ failed, response }: Outcome): void {
    if (failed?.cause === 429 || failed?.cause === 503) this.#throttled = true;
    if (failed || !response) return;
    const { connectedMs, firstByteMs } = response.timings;
    this.#listener.answered(firstByteMs - connectedMs, firstByteMs);
  }
}

function overtaken(): WireError {
  return new WireError("closed", "the same request was answered on another connection");
}

/** Frees what an answer holds that nobody wants. */
function drop(outcome: Outcome | undefined): void {
  if (outcome?.failed) void outcome.response?.body.discard();
  else void outcome?.response?.body.cancel();
}
