import type { ObjectMeta, Preconditions } from "../contract/types.ts";
import type { ReadOptions } from "../read/read_options.ts";
import type { CarryOptions } from "./carry.ts";
import type { ResumableCopy } from "./resumable_copy.ts";

/** Options of `copyObject`: conditions are on the destination. */
export interface CopyObjectOptions
  extends Omit<ReadOptions, "range" | "ifMatch">, Preconditions, CarryOptions {
  /** Copies only while the source's etag is this one: else `PreconditionFailedError`. */
  readonly sourceIfMatch?: string;
  /**
   * What a listing had of the source; it saves the service's own copy a request. An answer of the same etag and another
   * size is an error.
   */
  readonly source?: ObjectMeta;
  /**
   * The source is removed afterwards: a local copy of a local file keeps its owner and all of its mode bits too. Bytes
   * that are read here are compared with the source's etag, where that is an MD5 and nothing else is compared. If they
   * do not fit they are read once more, then are a `ChecksumMismatchError`.
   */
  readonly forMove?: boolean;
  /** Makes the copy of a large object one that outlives its process, where it is read and written here. */
  readonly resumable?: ResumableCopy;
  /**
   * Waits until the byte budget has room for the first chunk, where bytes are read here. By default the budget is exceeded
   * by it. For callers that copy many objects concurrently, and hold nothing of the budget meanwhile.
   */
  readonly waitForBudget?: boolean;
}
