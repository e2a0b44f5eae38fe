import type { Check } from "@lade/core/backend";

/** What was measured. */
export interface Measurement {
  /** Bytes moved. */
  readonly bytes: number;
  /** How long that took, in milliseconds. */
  readonly tookMs: number;
  /** What they were moved as. */
  readonly how: string;
  /** What bounded the requests in flight at the end, where there were several. */
  readonly limit?: { readonly concurrency: number; readonly why: string };
}

/** A measured throughput, and what bounded it. */
export function rateCheck(name: string, { bytes, tookMs, how, limit }: Measurement): Check {
  const bytesPerSecond = Math.round((bytes / Math.max(tookMs, 0.1)) * 1000);
  return {
    name,
    outcome: "ok",
    detail: `${mebibytes(bytesPerSecond)} MiB/s, by ${mebibytes(bytes)} MiB ${how}${
      limit ? `; ${limit.why}` : ""
    }`,
    facts: {
      bytesPerSecond,
      bytes,
      tookMs: Math.round(tookMs),
      ...(limit ? { concurrency: limit.concurrency, limit: limit.why } : {}),
    },
  };
}

function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
