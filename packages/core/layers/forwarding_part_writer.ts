import type { PartFill, PartWriter } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";

/** A writer of parts that hands every call on to the one below. Layers extend it and override what they change. */
export class ForwardingPartWriter implements PartWriter {
  /** The writer below. */
  protected readonly inner: PartWriter;

  /** Takes over the writer below. */
  constructor(inner: PartWriter) {
    this.inner = inner;
  }

  /** Bytes of the whole object. */
  get size(): number {
    return this.inner.size;
  }

  /** Bytes of a part; the last one has what is left. */
  get partSize(): number {
    return this.inner.partSize;
  }

  /** Number of parts. */
  get partCount(): number {
    return this.inner.partCount;
  }

  /** Parts that may usefully be in flight. */
  get concurrency(): number {
    return this.inner.concurrency;
  }

  /** Whether parts have to come in order. */
  get ordered(): boolean {
    return this.inner.ordered;
  }

  /** Whether parts are best written from shared memory. */
  wantsShared(): boolean {
    return this.inner.wantsShared?.() ?? false;
  }

  /** Bytes of the parts that are written. */
  get bytesWritten(): number {
    return this.inner.bytesWritten;
  }

  /** Names a resumable write. */
  get token(): string | undefined {
    return this.inner.token;
  }

  /** Whether a part is written. */
  isWritten(index: number): boolean {
    return this.inner.isWritten(index);
  }

  /** Writes a part. */
  writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.inner.writePart(index, bytes);
  }

  /** Has a part written by somebody else, where the writer below can. */
  get fillPart(): PartWriter["fillPart"] {
    const { inner } = this;
    return inner.fillPart && ((index, fill) => this.filling(index, fill));
  }

  /** Has a part written by somebody else; only where the writer below can. */
  protected async filling(index: number, fill: PartFill): Promise<void> {
    await this.inner.fillPart?.(index, fill);
  }

  /** Makes the object visible. */
  close(): Promise<PutResult> {
    return this.inner.close();
  }

  /** Ends the writer, and leaves what a resumable write has. */
  detach(): Promise<void> {
    return this.inner.detach();
  }

  /** Gives up. */
  abort(reason?: unknown): Promise<void> {
    return this.inner.abort(reason);
  }

  /** Aborts, or detaches a resumable write, unless closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.inner[Symbol.asyncDispose]();
  }
}
