import type { Clock } from "@lade/core";

/**
 * Runs something with a signal that is aborted `graceMs` after `signal` is, or, without one, after it began: for what
 * ought to be finished even when its caller has given up, but not at any price.
 */
export async function within<T>(
  clock: Clock,
  graceMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = new AbortController();
  const start = () => {
    clock.sleep(graceMs, over.signal).then(
      () => late.abort(signal?.reason ?? new DOMException(`It took more than ${graceMs} ms`, "TimeoutError")),
      () => {},
    );
  };
  if (!signal || signal.aborted) start();
  else signal.addEventListener("abort", start, { once: true });
  try {
    return await run(late.signal);
  } finally {
    signal?.removeEventListener("abort", start);
    over.abort();
  }
}
