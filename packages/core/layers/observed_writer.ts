import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import type { Observation } from "./observation.ts";

/** A writer that reports when it is closed, given up, or failed. */
export class ObservedWriter implements ObjectWriter {
  readonly #inner: ObjectWriter;
  readonly #observation: Observation;

  constructor(inner: ObjectWriter, observation: Observation, signal: AbortSignal | undefined) {
    this.#inner = inner;
    this.#observation = observation;
    observation.failOnAbort(signal);
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  get changesBytes(): boolean {
    return this.#inner.changesBytes ?? false;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#observation.begin(() => this.#inner.write(chunk));
    this.#observation.bytes = this.#inner.bytesWritten;
  }

  async close(): Promise<PutResult> {
    return await this.#observation.run(() => this.#inner.close(), () => this.#inner.bytesWritten);
  }

  async abort(reason?: unknown): Promise<void> {
    this.#observation.finish(true);
    await this.#inner.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#observation.finish(true);
    await this.#inner[Symbol.asyncDispose]();
  }
}
