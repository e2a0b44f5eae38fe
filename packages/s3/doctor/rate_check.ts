import type { Check } from "@lade/core";

/** A measured throughput. */
export function rateCheck(name: string, bytes: number, tookMs: number, how: string): Check {
  const bytesPerSecond = Math.round((bytes / Math.max(tookMs, 0.1)) * 1000);
  return {
    name,
    outcome: "ok",
    detail: `${mebibytes(bytesPerSecond)} MiB/s, by ${mebibytes(bytes)} MiB ${how}`,
    facts: { bytesPerSecond, bytes, tookMs: Math.round(tookMs) },
  };
}

function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
