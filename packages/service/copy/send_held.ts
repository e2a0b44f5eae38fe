import {
  type Clock,
  NotFoundError,
  type ObjectInfo,
  type Preconditions,
  StoreError,
} from "@lade/core/backend";

const MAX_TRIES = 4;
const WAIT_MS = 1_000;

/** A request that makes an object under conditions, and must not come twice. */
export interface HeldRequest extends Pick<Preconditions, "ifMatch"> {
  /** Size and checksums of what it makes. */
  readonly made: Pick<ObjectInfo, "size" | "checksums">;
  /** Describes what is there. */
  head(): Promise<Pick<ObjectInfo, "size" | "etag" | "checksums">>;
  /** Time. */
  readonly clock: Clock;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request that, sent twice, meets what it has made. Where its answer is lost, it is sent again as long as what is there
 * is as the condition has it. Of an object of the same size and CRC-32C that is there now nobody knows whose it is: then this
 * fails as the request did.
 */
export async function sendHeld<T>(
  { made, head, ifMatch, clock, signal }: HeldRequest,
  send: () => Promise<T>,
): Promise<T> {
  let lost: StoreError | undefined;
  for (let tries = 1;; tries++) {
    try {
      return await send();
    } catch (error) {
      const isLost = error instanceof StoreError && error.retryable;
      if (isLost) lost ??= error;
      if (!lost || signal?.aborted) throw error;
      const there = await head().catch((found) => {
        if (found instanceof NotFoundError) return undefined;
        throw lost;
      });
      const isEqual = there?.size === made.size && there.checksums?.crc32c === made.checksums?.crc32c;
      if (isEqual && there.etag !== ifMatch) {
        const now = "an object of the same content is there now, and nothing shows whose it is";
        throw lost.restated({ detail: `${lost.detail}; ${now}` });
      }
      if (!isLost || tries === MAX_TRIES) throw error;
      await clock.sleep(WAIT_MS, signal);
    }
  }
}
