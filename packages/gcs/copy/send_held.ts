import {
  type KeyCall,
  NotFoundError,
  type ObjectInfo,
  type Preconditions,
  StoreError,
} from "@lade/core/backend";
import type { GcsTarget } from "../client/gcs_target.ts";
import { headObject } from "../objects/read_object.ts";

const MAX_TRIES = 4;
const WAIT_MS = 1_000;

/** A request that makes an object, under conditions. */
export interface HeldRequest {
  /** Where. */
  readonly target: GcsTarget;
  /** Key of the object. */
  readonly key: string;
  /** What is being done. */
  readonly call: KeyCall;
  /** The conditions, one at least. */
  readonly conditions: Pick<Preconditions, "ifMatch" | "ifNoneMatch">;
  /** Size and CRC-32C of the object. */
  readonly made: { readonly size: number; readonly sum: string | undefined };
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request that, sent twice, meets what it has made. Where its answer is lost, it is sent again as long as what is there
 * is as the condition has it. Of an object of the same content that is there now nobody knows whose it is: then this fails
 * as the request did.
 */
export async function sendHeld<T>(
  { target, key, call, conditions: { ifMatch }, made, signal }: HeldRequest,
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
      const there = await headObject(target, key, signal ? { signal } : {}, call).catch(
        (found): Partial<ObjectInfo> => {
          if (found instanceof NotFoundError) return {};
          throw lost;
        },
      );
      const isEqual = there.size === made.size && there.checksums?.crc32c === made.sum;
      if (isEqual && there.etag !== ifMatch) {
        const detail =
          `${lost.detail}; an object of the same content is there now, and nothing shows whose it is`;
        throw lost.restated({ detail });
      }
      if (!isLost || tries === MAX_TRIES) throw error;
      await target.context.clock.sleep(WAIT_MS, signal);
    }
  }
}
