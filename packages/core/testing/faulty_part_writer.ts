import type { PartWriter } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";

/** What a {@linkcode FaultyPartWriter} is made of. */
export interface FaultyPartWriterParts {
  readonly inner: PartWriter;
  /** Does what the rules say before a call. */
  readonly before: (operation: "writePart" | "close") => Promise<void>;
  readonly onEnd: () => void;
}

/** A writer of parts whose calls can be made to fail; a failed `writePart` ends it. */
export class FaultyPartWriter implements PartWriter {
  readonly #parts: FaultyPartWriterParts;
  #failure: { readonly reason: unknown } | undefined;
  #left = true;

  constructor(parts: FaultyPartWriterParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.inner.size;
  }

  get partSize(): number {
    return this.#parts.inner.partSize;
  }

  get partCount(): number {
    return this.#parts.inner.partCount;
  }

  get concurrency(): number {
    return this.#parts.inner.concurrency;
  }

  get bytesWritten(): number {
    return this.#parts.inner.bytesWritten;
  }

  async writePart(index: number, bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    try {
      await this.#parts.before("writePart");
      await this.#parts.inner.writePart(index, bytes);
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
