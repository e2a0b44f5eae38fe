import type { Clock } from "../time/clock.ts";

/**
 * Runs something with a signal that is aborted `graceMs` after `signal` is: for what ought to be finished even when its
 * caller has given up, but not at any price. How long it may take otherwise is its own affair.
 */
export async function withGrace<T>(
  clock: Clock,
  graceMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = new AbortController();
  const start = () => {
    clock.sleep(graceMs, over.signal).then(() => late.abort(signal?.reason), () => {});
  };
  if (signal?.aborted) start();
  else signal?.addEventListener("abort", start, { once: true });
  try {
    return await run(late.signal);
  } finally {
    signal?.removeEventListener("abort", start);
    over.abort();
  }
}
