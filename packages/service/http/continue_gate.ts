import type { Clock } from "@lade/core/backend";

/** Holds a request's body back until the service asks for it, refuses it, or stays silent for too long. */
export class ContinueGate {
  /** Gives whether the body is to be sent. */
  readonly decision: Promise<boolean>;
  readonly #decide: (send: boolean) => void;
  readonly #timer = new AbortController();
  #state: "waiting" | "opened" | "overdue" | "shut" = "waiting";

  /** Opens by itself after `timeoutMs`. */
  constructor(clock: Clock, timeoutMs: number) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.decision = promise;
    this.#decide = resolve;
    clock.sleep(timeoutMs, this.#timer.signal).then(() => this.#settle("overdue"), () => {});
  }

  /** Whether nothing is decided yet. */
  get waiting(): boolean {
    return this.#state === "waiting";
  }

  /** Whether the service let the time pass. */
  get overdue(): boolean {
    return this.#state === "overdue";
  }

  /** The service wants the body. */
  open(): void {
    this.#settle("opened");
  }

  /** The service, or the end of the request, made the body needless. */
  shut(): void {
    this.#settle("shut");
  }

  #settle(state: "opened" | "overdue" | "shut"): void {
    if (this.#state !== "waiting") return;
    this.#state = state;
    this.#decide(state !== "shut");
    this.#timer.abort();
  }
}
