import type { CallOptions } from "@lade/core";
import type { ByteSource, SourceRange } from "./byte_source.ts";
import { checkWithin } from "./check_within.ts";

/** Part of a source as a source of its own, such as a member of an archive that is stored as it is. */
export class SourceWindow implements ByteSource {
  /** What errors name. */
  readonly uri: string;
  /** Bytes in all. */
  readonly size: number;
  readonly #below: ByteSource;
  readonly #start: number;

  /** `size` bytes of `below` from `start`; a `FormatError` where it has fewer. `uri` names the part. */
  constructor(below: ByteSource, start: number, size: number, uri: string = below.uri) {
    checkWithin(below, start, size);
    this.#below = below;
    this.#start = start;
    this.size = size;
    this.uri = uri;
  }

  /** Reads from the part's start on. */
  async read(offset: number, length: number, options?: CallOptions): Promise<Uint8Array> {
    checkWithin(this, offset, length);
    return await this.#below.read(this.#start + offset, length, options);
  }

  /** Fills `target`. */
  async readInto(offset: number, target: Uint8Array, options?: CallOptions): Promise<void> {
    checkWithin(this, offset, target.length);
    await this.#below.readInto(this.#start + offset, target, options);
  }

  /** Reads several ranges of the part. */
  async readRanges(ranges: readonly SourceRange[], options?: CallOptions): Promise<readonly Uint8Array[]> {
    const below = ranges.map((range) => {
      checkWithin(this, range.offset, range.length);
      return { ...range, offset: this.#start + range.offset };
    });
    return await this.#below.readRanges(below, options);
  }

  /** Yields the part's bytes in order. */
  stream(
    { offset = 0, end = this.size, ...options }: CallOptions & { offset?: number; end?: number } = {},
  ): AsyncIterable<Uint8Array> {
    checkWithin(this, offset, Math.max(end - offset, 0));
    return this.#below.stream({ ...options, offset: this.#start + offset, end: this.#start + end });
  }
}
