import type { PartFill, PartWriter } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { ForwardingPartWriter } from "./forwarding_part_writer.ts";
import type { Observation } from "./observation.ts";

/** A writer of parts that reports when it is closed, given up, or failed. */
export class ObservedPartWriter extends ForwardingPartWriter {
  readonly #observation: Observation;
  #closing = false;

  constructor(inner: PartWriter, observation: Observation, signal: AbortSignal | undefined) {
    super(inner);
    this.#observation = observation;
    observation.failOnAbort(signal);
  }

  override writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.#write(() => this.inner.writePart(index, bytes));
  }

  protected override filling(index: number, fill: PartFill): Promise<void> {
    return this.#write(() => super.filling(index, fill));
  }

  override async close(): Promise<PutResult> {
    this.#closing = true;
    return await this.#observation.run(() => this.inner.close(), () => this.inner.bytesWritten);
  }

  override async detach(): Promise<void> {
    if (this.token !== undefined) this.#observation.finish(true);
    await this.inner.detach();
  }

  override async abort(reason?: unknown): Promise<void> {
    this.#observation.finish(true);
    await this.inner.abort(reason);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#observation.finish(true);
    await this.inner[Symbol.asyncDispose]();
  }

  async #write(write: () => Promise<void>): Promise<void> {
    // A part that comes too late is refused by the writer below and does not end it.
    if (this.#closing) return await write();
    await this.#observation.begin(write);
    this.#observation.bytes = this.inner.bytesWritten;
  }
}
