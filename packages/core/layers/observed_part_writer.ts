import type { PartWriter } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";
import type { Observation } from "./observation.ts";

/** A writer of parts that reports when it is closed, given up, or failed. */
export class ObservedPartWriter implements PartWriter {
  readonly #inner: PartWriter;
  readonly #observation: Observation;
  #closing = false;

  constructor(inner: PartWriter, observation: Observation, signal: AbortSignal | undefined) {
    this.#inner = inner;
    this.#observation = observation;
    observation.failOnAbort(signal);
  }

  get size(): number {
    return this.#inner.size;
  }

  get partSize(): number {
    return this.#inner.partSize;
  }

  get partCount(): number {
    return this.#inner.partCount;
  }

  get concurrency(): number {
    return this.#inner.concurrency;
  }

  get ordered(): boolean {
    return this.#inner.ordered;
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  get token(): string | undefined {
    return this.#inner.token;
  }

  isWritten(index: number): boolean {
    return this.#inner.isWritten(index);
  }

  async writePart(index: number, bytes: Uint8Array): Promise<void> {
    // A part that comes too late is refused by the writer below and does not end it.
    if (this.#closing) return await this.#inner.writePart(index, bytes);
    await this.#observation.begin(() => this.#inner.writePart(index, bytes));
    this.#observation.bytes = this.#inner.bytesWritten;
  }

  async close(): Promise<PutResult> {
    this.#closing = true;
    return await this.#observation.run(() => this.#inner.close(), () => this.#inner.bytesWritten);
  }

  async detach(): Promise<void> {
    if (this.token !== undefined) this.#observation.finish(true);
    await this.#inner.detach();
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
