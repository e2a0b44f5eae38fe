import type { Clock } from "../time/clock.ts";

/**
 * Runs something with a signal that is aborted `graceMs` after `signal` is: for cleanup that outlives its caller's abort
 * by at most `graceMs`. Without an abort it has no limit.
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
