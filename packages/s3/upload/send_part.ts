import { type AdaptiveLimit, type Clock, type Permit, ThrottledError } from "@lade/core/backend";
import type { Bounds } from "@lade/service/http";
import type { MultipartUpload, SentPart } from "./multipart_upload.ts";

const MAX_FUTILE_TRIES = 5;
const LONGEST_PAUSE_MS = 5_000;

/** What {@linkcode sendPart} needs. */
export interface PartSending {
  /** Takes the part. */
  readonly upload: MultipartUpload;
  /** Bounds the parts on their way. */
  readonly limit: AdaptiveLimit;
  /** Time. */
  readonly clock: Clock;
  /** How long a part is tried in vain, and how long a service may ask to wait. */
  readonly bounds: Pick<Bounds, "maxRetryAfterMs" | "patienceMs">;
}

/**
 * Sends a part once `limit` lets. One that is throttled waits for its turn again, among fewer; the transport has tried
 * it many times by then. All of it ends with the patience of `bounds`. `permit` is one that is held already.
 */
export async function sendPart(
  { upload, limit, clock, bounds }: PartSending,
  number: number,
  bytes: Uint8Array,
  signal: AbortSignal,
  permit?: Permit,
): Promise<SentPart> {
  let spentMs = 0;
  for (let futile = 1;; futile++) {
    permit ??= await limit.acquire(signal);
    // The wait for a turn is no wait for the service.
    const startMs = clock.monotonicMs();
    try {
      const { throttled, ...part } = await upload.sendPart(number, bytes, signal);
      permit.done({ bytes: bytes.length, throttled });
      return part;
    } catch (error) {
      const throttled = error instanceof ThrottledError;
      permit.done({ bytes: 0, throttled });
      permit = undefined;
      if (!throttled || futile > MAX_FUTILE_TRIES) throw error;
      spentMs += clock.monotonicMs() - startMs;
      const askedMs = error.retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, 100 * 2 ** futile);
      if (askedMs > Math.min(bounds.maxRetryAfterMs, bounds.patienceMs - spentMs)) throw error;
      spentMs += askedMs;
      await clock.sleep(askedMs, signal);
    }
  }
}
