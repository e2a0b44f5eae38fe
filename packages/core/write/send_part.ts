import type { Permit } from "../concurrency/adaptive_limit.ts";
import type { Clock } from "../time/clock.ts";
import { ThrottledError } from "../errors/errors.ts";
import { defaultBounds } from "../retry/bounds.ts";
import type { ObjectPart, WriteSink } from "./write_sink.ts";

const MAX_FUTILE_TRIES = 5;
const LONGEST_PAUSE_MS = 5_000;

/** What {@linkcode sendPart} needs. */
export interface PartSending {
  /** Takes the part. */
  readonly sink: Pick<WriteSink, "concurrency" | "bounds" | "writePart">;
  /** Time. */
  readonly clock: Clock;
}

/**
 * Gives a part to a sink, once its limit lets where it has one. A part that is throttled waits for its turn again, among
 * fewer; the transport has tried it many times by then. All of it ends with the patience of the sink's bounds. `permit`
 * is one that is held already.
 */
export async function sendPart(
  { sink, clock }: PartSending,
  part: ObjectPart,
  bytes: Uint8Array,
  signal: AbortSignal,
  permit?: Permit,
): Promise<void> {
  const { concurrency: limit, bounds: { maxRetryAfterMs, patienceMs } = defaultBounds } = sink;
  if (typeof limit === "number") {
    await sink.writePart(part, bytes, signal);
    return;
  }
  let spentMs = 0;
  for (let futile = 1;; futile++) {
    permit ??= await limit.acquire(signal);
    // The wait for a turn is no wait for the service.
    const startMs = clock.monotonicMs();
    try {
      const { throttled = false } = await sink.writePart(part, bytes, signal) ?? {};
      permit.done({ bytes: bytes.length, throttled });
      return;
    } catch (error) {
      const throttled = error instanceof ThrottledError;
      permit.done({ bytes: 0, throttled });
      permit = undefined;
      if (!throttled || futile > MAX_FUTILE_TRIES) throw error;
      spentMs += clock.monotonicMs() - startMs;
      const askedMs = error.retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, 100 * 2 ** futile);
      if (askedMs > Math.min(maxRetryAfterMs, patienceMs - spentMs)) throw error;
      spentMs += askedMs;
      await clock.sleep(askedMs, signal);
    }
  }
}
