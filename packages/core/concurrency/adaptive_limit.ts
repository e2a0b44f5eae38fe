import type { Clock } from "../context/clock.ts";

/** Leave to make one request. Exactly one `done` per permit. */
export interface Permit {
  /** Gives the permit back and tells what the request yielded. */
  done(outcome: { readonly bytes: number; readonly throttled?: boolean }): void;
}

/** Configuration of {@linkcode AdaptiveLimit}. */
export interface AdaptiveLimitConfig {
  /** Measures throughput. */
  readonly clock: Clock;
  /** Requests in flight at first. */
  readonly initial: number;
  /** Requests in flight at most. */
  readonly maximum: number;
}

/** Bounds the requests in flight. */
export class AdaptiveLimit {
  readonly #config: AdaptiveLimitConfig;
  readonly #waiting: ((permit: Permit) => void)[] = [];
  #inFlight = 0;

  /** Starts at `config.initial`. */
  constructor(config: AdaptiveLimitConfig) {
    this.#config = config;
  }

  /** Requests that may be in flight now. */
  get current(): number {
    return this.#config.initial;
  }

  /** A permit at once, or none. */
  tryAcquire(): Permit | undefined {
    if (this.#waiting.length > 0 || this.#inFlight >= this.current) return undefined;
    return this.#grant();
  }

  /** Waits for a permit; rejects with `signal.reason`. */
  acquire(signal?: AbortSignal): Promise<Permit> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const permit = this.tryAcquire();
    if (permit) return Promise.resolve(permit);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1);
        reject(signal?.reason);
      };
      const grant = (permit: Permit) => {
        signal?.removeEventListener("abort", onAbort);
        resolve(permit);
      };
      this.#waiting.push(grant);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #grant(): Permit {
    this.#inFlight++;
    let live = true;
    return {
      done: () => {
        if (!live) return;
        live = false;
        this.#inFlight--;
        if (this.#inFlight < this.current) this.#waiting.shift()?.(this.#grant());
      },
    };
  }
}
