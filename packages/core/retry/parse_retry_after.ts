/** The headers that {@linkcode parseRetryAfter} reads; names are given in lower case. */
export interface RetryAfterHeaders {
  /** The value of a header. */
  get(name: string): string | null | undefined;
}

/**
 * How long a service asks to wait before the next try, in milliseconds from `nowMs` (of the wall clock), or nothing.
 *
 * Reads `x-amz-retry-after` and `retry-after-ms` (milliseconds), then `retry-after` in both forms of RFC 9110
 * section 10.2.3: seconds, or a date. A date that is past gives 0; what cannot be understood is ignored.
 */
export function parseRetryAfter(headers: RetryAfterHeaders, nowMs: number): number | undefined {
  for (const name of ["x-amz-retry-after", "retry-after-ms"]) {
    const value = headers.get(name)?.trim();
    if (value && DIGITS.test(value)) return Number(value);
  }
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (DIGITS.test(value)) return Number(value) * 1_000;
  const date = HTTP_DATE.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

const DIGITS = /^\d{1,10}$/;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
