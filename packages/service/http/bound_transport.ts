import type { Bounds } from "@lade/core/bounds";
import type { TransportOptions } from "./transport_options.ts";

/** The options by which a transport keeps to `bounds`. */
export function boundTransport(bounds: Bounds): Required<
  Pick<TransportOptions, "connectTimeoutMs" | "firstByteTimeoutMs" | "stallTimeoutMs" | "retry">
> {
  const { connectTimeoutMs, firstByteTimeoutMs, maxAttempts, maxRetryAfterMs, patienceMs, stallTimeoutMs } =
    bounds;
  return {
    connectTimeoutMs,
    firstByteTimeoutMs,
    stallTimeoutMs,
    retry: { totalMs: patienceMs, maxRetryAfterMs, ...(maxAttempts !== undefined && { maxAttempts }) },
  };
}
