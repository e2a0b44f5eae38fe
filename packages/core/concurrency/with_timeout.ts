import type { Clock } from "../time/clock.ts";

/** Runs something with a signal that is aborted `limitMs` after it began. */
export async function withTimeout<T>(
  clock: Clock,
  limitMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(limitMs, over.signal).then(
    () => late.abort(new DOMException(`It took more than ${limitMs} ms`, "TimeoutError")),
    () => {},
  );
  try {
    return await run(late.signal);
  } finally {
    over.abort();
  }
}
