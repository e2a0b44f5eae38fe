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
      // The first `setTimeout` of a process loads the timers of Node, 5 ms of CPU; the timer of a signal is there.
      const timer = AbortSignal.timeout(Math.max(0, Math.ceil(durationMs)));
      const onTime = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = () => {
        timer.removeEventListener("abort", onTime);
        reject(signal?.reason);
      };
      timer.addEventListener("abort", onTime, { once: true });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};
