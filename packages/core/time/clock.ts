import { startTimer } from "./start_timer.ts";

/** Time as the library sees it; a test passes its own. */
export interface Clock {
  /** The wall clock, in milliseconds since 1970. */
  now(): number;
  /** A clock that never goes back, in milliseconds from an arbitrary start. */
  monotonicMs(): number;
  /** Resolves after `durationMs`; rejects with `signal.reason` as soon as that is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** The system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        stop();
        reject(signal?.reason);
      };
      const stop = startTimer(durationMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};
