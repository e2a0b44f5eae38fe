import type { BodySum } from "./body_sum.ts";
import type { Arrivals } from "../concurrency/range_hedges.ts";
import type { EtagMd5 } from "./etag_md5.ts";
import type { Pour } from "./pour.ts";
import type { ObjectInfo, ResolvedRange } from "./types.ts";

/**
 * An answered read: what the object is, and its bytes still to be fetched.
 *
 * Take the bytes once: either through `body` or by `readInto`. A caller that does not read to the end cancels (or
 * disposes), which frees the file or connection immediately.
 */
export interface GetResult extends AsyncDisposable {
  /** What the store says of the whole object. */
  readonly info: ObjectInfo;
  /** The bytes this result holds, within the object. */
  readonly range: ResolvedRange;
  /** Bytes delivered so far, right also after a failure. */
  readonly bytesRead: number;
  /** The bytes as a byte stream, at the reader's pace. It errors when fewer or more than `range.length` arrive. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * Fills `target` with the next bytes, without a copy where the store can, and resolves with their number: less
   * than `target.length` only where the range ends. `target` is in use until this settles. One call at a time.
   */
  readInto(target: Uint8Array): Promise<number>;
  /**
   * Moves the bytes that are left straight to their place, which has exactly as many (else it is a `RangeError`), and
   * resolves once nothing touches it any more. Where the body fails, or is cancelled, what came before is kept and
   * `failure` says why. Rejects with what is wrong with the place: a file that is not the one it names is left as it is.
   * Missing where a layer knows no better way than `readInto`.
   */
  readonly pour?: Pour | undefined;
  /**
   * The MD5 of the whole object, where its etag is one or may be. What is certain is right; a move compares it where the
   * store has no checksum of the whole.
   */
  etagMd5?(): EtagMd5 | undefined;
  /**
   * What the store computes of the bytes itself, where it compares those of the whole object with a checksum of `info`: who
   * reads all of them by this result need not compute it again.
   */
  readonly sum?: BodySum | undefined;
  /**
   * Whether the checksums of `info` are of an object that is gone. Where its writer keeps them with an object, and not the
   * service, another program may replace the object and leave them. For bytes that do not fit them: it takes requests.
   */
  hasStaleChecksums?(): Promise<boolean>;
  /** How far the bytes have come, also while they are read; nothing where that does not show. */
  arrivals?(): Arrivals | undefined;
  /** Gives up the rest of the bytes and frees what holds them. Safe to call at any time, also twice. */
  cancel(reason?: unknown): Promise<void>;
}
