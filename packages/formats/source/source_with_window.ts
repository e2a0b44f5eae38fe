import type { CallOptions } from "@lade/core";
import type { ByteSource, SourceRange } from "./byte_source.ts";
import { checkWithin } from "./check_within.ts";

/** A source of which some bytes are there already: what lies in them is not asked for. */
export class SourceWithWindow implements ByteSource {
  /** What errors name. */
  readonly uri: string;
  /** Bytes in all. */
  readonly size: number;
  readonly #below: ByteSource;
  readonly #start: number;
  readonly #window: Uint8Array;

  /** `window` are the bytes of `below` from `start`. */
  constructor(below: ByteSource, start: number, window: Uint8Array) {
    checkWithin(below, start, window.length);
    this.uri = below.uri;
    this.size = below.size;
    this.#below = below;
    this.#start = start;
    this.#window = window;
  }

  /** Reads `length` bytes from `offset`. */
  async read(offset: number, length: number, options?: CallOptions): Promise<Uint8Array> {
    return this.#kept(offset, length) ?? await this.#below.read(offset, length, options);
  }

  /** Fills `target`. */
  async readInto(offset: number, target: Uint8Array, options?: CallOptions): Promise<void> {
    const kept = this.#kept(offset, target.length);
    if (kept) target.set(kept);
    else await this.#below.readInto(offset, target, options);
  }

  /** Reads several ranges. */
  async readRanges(ranges: readonly SourceRange[], options?: CallOptions): Promise<readonly Uint8Array[]> {
    const kept = ranges.map(({ offset, length }) => this.#kept(offset, length));
    const rest = ranges.filter((_, index) => !kept[index]);
    const read = rest.length > 0 ? await this.#below.readRanges(rest, options) : [];
    let next = 0;
    return ranges.map(({ target }, index) => {
      const view = kept[index];
      if (!view) return read[next++] ?? new Uint8Array(0);
      target?.set(view);
      return target ?? view;
    });
  }

  /** Yields the bytes in order. */
  stream(options?: CallOptions & { offset?: number; end?: number }): AsyncIterable<Uint8Array> {
    const { offset = 0, end = this.size } = options ?? {};
    const kept = offset < end && this.#kept(offset, end - offset);
    return kept ? piecesOf(kept) : this.#below.stream(options);
  }

  #kept(offset: number, length: number): Uint8Array | undefined {
    const start = offset - this.#start;
    return start >= 0 && length >= 0 && start + length <= this.#window.length
      ? this.#window.subarray(start, start + length)
      : undefined;
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
