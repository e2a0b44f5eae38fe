import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";

/** What a {@linkcode FaultyWriter} is made of. */
export interface FaultyWriterParts {
  readonly inner: ObjectWriter;
  /** Does what the rules say before a call. */
  readonly before: (operation: "write" | "close") => Promise<void>;
  readonly onEnd: () => void;
}

/** A writer whose calls can be made to fail; a failed `write` ends it. */
export class FaultyWriter implements ObjectWriter {
  readonly #parts: FaultyWriterParts;
  #failure: { readonly reason: unknown } | undefined;
  #left = true;

  constructor(parts: FaultyWriterParts) {
    this.#parts = parts;
  }

  get bytesWritten(): number {
    return this.#parts.inner.bytesWritten;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    try {
      await this.#parts.before("write");
      await this.#parts.inner.write(chunk);
    } catch (error) {
      this.#failure ??= { reason: error };
      await this.abort(error);
      throw error;
    }
  }

  async close(): Promise<PutResult> {
    if (this.#failure) throw this.#failure.reason;
    try {
      await this.#parts.before("close");
    } catch (error) {
      await this.abort(error);
      throw error;
    }
    const result = await this.#parts.inner.close();
    this.#leave();
    return result;
  }

  async abort(reason?: unknown): Promise<void> {
    this.#leave();
    await this.#parts.inner.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    await this.#parts.inner[Symbol.asyncDispose]();
  }

  #leave(): void {
    if (this.#left) this.#parts.onEnd();
    this.#left = false;
  }
}
