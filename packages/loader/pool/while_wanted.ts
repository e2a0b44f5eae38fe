import type { Clock } from "@lade/core/backend";

/** How long work that was given up may still take to see it. */
const GRACE_MS = 100;

/** What ends a wait. */
export interface Wanting {
  /** Says that the work is not wanted any more. */
  readonly signal: AbortSignal;
  /** Tells the time that work still has. */
  readonly clock: Clock;
}

/**
 * Waits for work that may not see its signal: behind an abort no longer than 100 ms, and then rejects with its reason. What
 * the work comes to later is dropped.
 */
export async function whileWanted<V>(work: Promise<V>, { signal, clock }: Wanting): Promise<V> {
  const left = Promise.withResolvers<never>();
  let isOver: AbortController | undefined;
  const onAbort = () => {
    isOver = new AbortController();
    const leave = () => left.reject(signal.reason);
    clock.sleep(GRACE_MS, isOver.signal).then(leave, leave);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (isOver) {
      left.promise.catch(() => {});
      isOver.abort();
    }
  }
}
