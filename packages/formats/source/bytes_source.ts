import type { ByteSource, SourceRange } from "./byte_source.ts";
import { checkWithin } from "./check_within.ts";

/** Bytes in memory as a source. */
export class BytesSource implements ByteSource {
  /** What errors name. */
  readonly uri: string;
  /** The bytes. */
  readonly bytes: Uint8Array;

  /** Takes the memory as it is, and never writes to it. */
  constructor(bytes: Uint8Array, uri: string) {
    this.bytes = bytes;
    this.uri = uri;
  }

  /** Bytes in all. */
  get size(): number {
    return this.bytes.length;
  }

  /** A view of the bytes. */
  read(offset: number, length: number): Promise<Uint8Array> {
    try {
      return Promise.resolve(this.#view(offset, length));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Fills `target`. */
  async readInto(offset: number, target: Uint8Array): Promise<void> {
    target.set(await this.read(offset, target.length));
  }

  /** A view for each range, or its target filled. */
  async readRanges(ranges: readonly SourceRange[]): Promise<readonly Uint8Array[]> {
    return await Promise.all(ranges.map(async ({ offset, length, target }) => {
      const view = await this.read(offset, length);
      if (!target) return view;
      target.set(view);
      return target;
    }));
  }

  /** Yields all of them at once. */
  async *stream(
    { offset = 0, end = this.size }: { offset?: number; end?: number } = {},
  ): AsyncIterable<Uint8Array> {
    if (end > offset) yield await this.read(offset, end - offset);
  }

  #view(offset: number, length: number): Uint8Array {
    checkWithin(this, offset, length);
    return this.bytes.subarray(offset, offset + length);
  }
}
