import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { concat } from "../../codec/testing/samples.ts";

/** How a {@linkcode RecordingWriter} behaves. */
export interface RecordingWriterOptions {
  /** Waited for before each write is done. */
  readonly beforeWrite?: (bytesWritten: number) => Promise<void> | void;
  /** Waited for before `close` is done. */
  readonly beforeClose?: () => Promise<void>;
  /** Laid over the result of `close`. */
  readonly result?: Partial<PutResult>;
}

/** Keeps what is written, and what else is done to it. */
export class RecordingWriter implements ObjectWriter {
  readonly chunks: Uint8Array[] = [];
  readonly calls: string[] = [];
  readonly abortReasons: unknown[] = [];
  readonly #options: RecordingWriterOptions;
  bytesWritten = 0;

  constructor(options: RecordingWriterOptions = {}) {
    this.#options = options;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return concat(...this.chunks);
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.calls.push("write");
    await this.#options.beforeWrite?.(this.bytesWritten);
    this.chunks.push(chunk.slice());
    this.bytesWritten += chunk.length;
  }

  async close(): Promise<PutResult> {
    this.calls.push("close");
    await this.#options.beforeClose?.();
    return { size: this.bytesWritten, ...this.#options.result };
  }

  abort(reason?: unknown): Promise<void> {
    this.calls.push("abort");
    this.abortReasons.push(reason);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }
}
