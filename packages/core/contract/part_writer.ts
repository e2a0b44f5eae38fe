import type { CombinableName } from "@lade/codec/checksum";
import type { FileRegion, Poured } from "./pour.ts";
import type { PutResult } from "./types.ts";

/**
 * Puts all bytes of a part into their place in a file, and computes the given checksums of them. It settles once nothing
 * touches that place any more, which it is to do soon after `signal` is aborted: then the writer has ended.
 */
export type PartFill = (
  region: FileRegion,
  sums: readonly CombinableName[],
  signal: AbortSignal,
) => Promise<Poured>;

/**
 * An object of known size being written in parts: several concurrently, each from where its bytes are, in any order unless
 * it is `ordered`.
 *
 * Nobody sees the object before `close` resolves; disposing an unclosed writer aborts it. A `writePart` that fails ends
 * the writer: it aborts itself, and `close` rejects with the same error.
 *
 * A writer that was made `resumable` detaches itself where another one aborts itself.
 */
export interface PartWriter extends AsyncDisposable {
  /** Bytes of the whole object. */
  readonly size: number;
  /** Bytes of a part; the last one has what is left. */
  readonly partSize: number;
  /** Number of parts; none of an empty object. */
  readonly partCount: number;
  /** How many parts to write concurrently; it may change from part to part. */
  readonly concurrency: number;
  /**
   * Whether the store takes parts only from the first to the last, as a pipe does. `writePart` may be called in any order
   * still, but settles only after the parts before it: a caller that waits for each must begin with the first.
   */
  readonly ordered: boolean;
  /**
   * Whether the parts to come are best written from memory that other threads see (a `SharedArrayBuffer`): threads of the store
   * then compute their checksums and send them. It starts such threads where what is left pays for them, so ask for each part
   * just before its memory is had. `false`, and missing, where any memory will do.
   */
  wantsShared?(): boolean;
  /** Bytes of the parts that are written, those of earlier writers too. */
  readonly bytesWritten: number;
  /**
   * What `resumePartWriter` goes on with this write by: a short JSON text, the same from the start to the end, without
   * secrets but for sessions of `gs://`. `undefined` for a writer that was not made `resumable`.
   */
  readonly token: string | undefined;
  /** Whether the part at `index` is written, by this writer or an earlier one. A wrong index is a `RangeError`. */
  isWritten(index: number): boolean;
  /**
   * Writes the part at `index`, from 0, once. `bytes` is all of it and is in use until this settles. A wrong index or
   * length is a `RangeError`.
   */
  writePart(index: number, bytes: Uint8Array): Promise<void>;
  /**
   * Has the part at `index` written by somebody else, once: `fill` is called with the place where its bytes belong and
   * with the checksums that are wanted of them, puts all of them there, and says so. Where it rejects, names a failure or
   * puts fewer bytes there, the part is not written, and the writer ends. Missing where parts lie in no file.
   */
  readonly fillPart?: ((index: number, fill: PartFill) => Promise<void>) | undefined;
  /**
   * Waits for the parts in flight and makes the object visible, in one step. A missing part is a `TypeError`, and so are
   * later calls of `writePart` and `close`.
   */
  close(): Promise<PutResult>;
  /**
   * Ends a resumable writer and leaves what is stored. Parts in flight are given up; wait for them first to have them
   * stored. Does nothing after `close` or `abort`. A `TypeError` where the writer was not made `resumable`.
   */
  detach(): Promise<void>;
  /**
   * Gives up: nothing is left behind, and `close` can no longer succeed. Does nothing after `close`, `abort` or `detach`;
   * after a failure of a resumable writer it removes what that left.
   */
  abort(reason?: unknown): Promise<void>;
}
