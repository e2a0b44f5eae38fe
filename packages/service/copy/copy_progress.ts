import { type Clock, type KeyCall, UnavailableError } from "@lade/core/backend";

/** Sees to it that a copy which a service makes by and by gets on. */
export class CopyProgress {
  readonly #call: KeyCall;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #made = 0;
  #movedMs: number;

  /** A copy that begins now; without progress it is given up after `patienceMs`. */
  constructor(call: KeyCall, clock: Clock, patienceMs: number) {
    [this.#call, this.#clock, this.#patienceMs] = [call, clock, patienceMs];
    this.#movedMs = clock.monotonicMs();
  }

  /**
   * Takes note of the bytes that are made, as the service says it (`5`, or `5/10`), and tells whether they are more than
   * before; throws an `UnavailableError`.
   */
  note(made: string | undefined): boolean {
    const now = this.#clock.monotonicMs();
    const bytes = Number.parseInt(made ?? "", 10);
    if (bytes > this.#made) {
      [this.#made, this.#movedMs] = [bytes, now];
      return true;
    }
    if (now - this.#movedMs <= this.#patienceMs) return false;
    const detail = `the service does not get on with the copy, of which ${this.#made} bytes are made`;
    throw new UnavailableError({ ...this.#call, detail, advice: "try again later" });
  }
}
