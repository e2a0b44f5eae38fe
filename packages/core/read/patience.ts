import type { Clock } from "../time/clock.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { UnavailableError } from "../errors/errors.ts";
import type { StoreError } from "../errors/store_error.ts";
import { defaultRetryPolicy } from "../retry/retry_policy.ts";

/** What a {@linkcode Patience} goes by. */
export interface PatienceSetup {
  /** Time. */
  readonly clock: Clock;
  /** How long may pass without a byte, over all tries. */
  readonly limitMs: number;
  /** The longest wait that a service may ask for. */
  readonly maxRetryAfterMs: number;
  /** The object's URI, for messages. */
  readonly uri: string;
}

/** Bounds how long the bytes of a read are waited for in vain, over all its tries. */
export class Patience {
  readonly #setup: PatienceSetup;
  #sinceMs: number | undefined;

  /** Nothing is waited for yet. */
  constructor(setup: PatienceSetup) {
    this.#setup = setup;
  }

  /**
   * Takes a failed try into account: it brought bytes or not. Returns the error to end with, or the time that is left for
   * further tries.
   */
  judge(
    error: StoreError,
    broughtBytes: boolean,
  ): { readonly end: StoreError } | { readonly leftMs: number } {
    const { clock, limitMs, maxRetryAfterMs } = this.#setup;
    const nowMs = clock.monotonicMs();
    const ownMs = error.waitedMs ?? 0;
    if (broughtBytes || this.#sinceMs === undefined) this.#sinceMs = nowMs - ownMs;
    const waitedMs = nowMs - this.#sinceMs;
    const askedMs = error.retryAfterMs ?? 0;
    if (askedMs > Math.min(maxRetryAfterMs, limitMs - waitedMs)) return { end: error };
    // Another wait like the last one would be over too late.
    if (waitedMs + ownMs > limitMs) return { end: this.#tired(waitedMs, error) };
    return { leftMs: limitMs - waitedMs };
  }

  /**
   * Runs a try; from the first failure on only for as long as there is time left. `signal` is passed on, or one that
   * is aborted in time as well.
   */
  async within<T>(signal: AbortSignal | undefined, run: (signal?: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#sinceMs === undefined) return await run(signal);
    const { clock, limitMs } = this.#setup;
    const late = new AbortController();
    const over = new AbortController();
    const leftMs = Math.max(0, this.#sinceMs + limitMs - clock.monotonicMs());
    clock.sleep(leftMs, over.signal).then(() => late.abort(this.#tired(limitMs)), () => {});
    try {
      return await run(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
    } finally {
      over.abort();
    }
  }

  #tired(waitedMs: number, cause?: StoreError): UnavailableError {
    const why = cause === undefined ? "" : `; ${cause.detail}`;
    return new UnavailableError({
      operation: "get",
      uri: this.#setup.uri,
      detail: `no byte came for ${Math.round(waitedMs / 1_000)} s${why}`,
      advice: cause === undefined ? "check the network and the service" : cause.advice,
      waitedMs,
      ...(cause && { cause }),
    });
  }
}

/** The patience of a store's hints, for the object at `uri`. */
export function patienceWith({ context: { clock }, readHints }: PatientStore, uri: string): Patience {
  const { patienceMs = defaultRetryPolicy.totalMs, maxRetryAfterMs = defaultRetryPolicy.maxRetryAfterMs } =
    readHints;
  return new Patience({ clock, limitMs: patienceMs, maxRetryAfterMs, uri });
}

/** Waits before another try after some that were in vain: as long as the service asks, and no longer than is left. */
export function pause(
  { context: { clock, random } }: PatientStore,
  tries: number,
  askedMs: number,
  leftMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const backoffMs = random() * Math.min(5_000, 50 * 2 ** tries);
  return clock.sleep(Math.min(leftMs, Math.max(backoffMs, askedMs)), signal);
}

type PatientStore = Pick<ObjectStore, "context" | "readHints">;
