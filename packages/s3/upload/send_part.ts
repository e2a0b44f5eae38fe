import { type AdaptiveLimit, type Clock, type Permit, ThrottledError } from "@lade/core/backend";
import type { MultipartUpload, SentPart } from "./multipart_upload.ts";

const MAX_FUTILE_TRIES = 5;

/** What {@linkcode sendPart} needs. */
export interface PartSending {
  /** Takes the part. */
  readonly upload: MultipartUpload;
  /** Bounds the parts on their way. */
  readonly limit: AdaptiveLimit;
  /** Time. */
  readonly clock: Clock;
}

/**
 * Sends a part once `limit` lets. One that is throttled waits for its turn again, among fewer; the transport has tried
 * it many times by then. `permit` is one that is held already.
 */
export async function sendPart(
  { upload, limit, clock }: PartSending,
  number: number,
  bytes: Uint8Array,
  signal: AbortSignal,
  permit?: Permit,
): Promise<SentPart> {
  for (let futile = 1;; futile++) {
    permit ??= await limit.acquire(signal);
    try {
      const { throttled, ...part } = await upload.sendPart(number, bytes, signal);
      permit.done({ bytes: bytes.length, throttled });
      return part;
    } catch (error) {
      const throttled = error instanceof ThrottledError;
      permit.done({ bytes: 0, throttled });
      permit = undefined;
      if (!throttled || futile > MAX_FUTILE_TRIES) throw error;
      await clock.sleep(error.retryAfterMs ?? 100 * 2 ** futile, signal);
    }
  }
}
