import type { Clock } from "@lade/core/backend";
import { UnavailableError } from "@lade/core/errors";

/** What {@linkcode within} goes by. */
export interface WithinOptions {
  /** Time. */
  readonly clock: Clock;
  /** Ends the work before its time. */
  readonly signal: AbortSignal | undefined;
  /** What the work is about, for the error. */
  readonly uri: string;
}

/**
 * Limits the time of work. When it is over, or the signal is aborted, this rejects immediately, even if the work ignores
 * the signal it is given.
 */
export async function withTimeLimit<T>(
  limitMs: number,
  { clock, signal, uri }: WithinOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(limitMs, over.signal).then(() => {
    const detail = `no answer within ${limitMs / 1000} s`;
    const advice = "check the network, or that the service is not overloaded";
    late.abort(new UnavailableError({ operation: "reach", uri, detail, advice }));
  }, () => {});
  const any = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const aborted = Promise.withResolvers<never>();
  any.addEventListener("abort", () => aborted.reject(any.reason), { once: true });
  try {
    return await Promise.race([work(any), aborted.promise]);
  } finally {
    over.abort();
  }
}
