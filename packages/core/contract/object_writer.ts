import type { PutResult } from "./types.ts";

/**
 * An object being written. Nobody sees it before `close` resolves; disposing an unclosed writer aborts it.
 *
 * A `write` that fails ends the writer: it aborts itself, and `close` rejects with the same error.
 */
export interface ObjectWriter extends AsyncDisposable {
  /** Bytes accepted so far by `write`. */
  readonly bytesWritten: number;
  /** Whether other bytes are stored than are written, such as compressed ones: the result of `close` describes those. */
  readonly changesBytes?: boolean;
  /** Adds bytes; resolves when there is room for more. The chunk may be reused once it has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** Finishes the object and makes it visible, in one step. Later calls of `write` and `close` are a `TypeError`. */
  close(): Promise<PutResult>;
  /** Gives up: nothing is left behind, and `close` can no longer succeed. Does nothing after `close` or `abort`. */
  abort(reason?: unknown): Promise<void>;
}
