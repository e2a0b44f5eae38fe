import type { ByteSource, SourceRange } from "./byte_source.ts";
import { checkWithin } from "./check_within.ts";

/** Bytes in memory that lie in several pieces, as a source: what is read within one piece is a view of it. */
export class PiecesSource implements ByteSource {
  /** What errors name. */
  readonly uri: string;
  /** Bytes in all. */
  readonly size: number;
  readonly #pieces: readonly Uint8Array[];
  /** Where each piece begins. */
  readonly #starts: readonly number[];

  /** Takes the memory as it is, and never writes to it. */
  constructor(pieces: readonly Uint8Array[], uri: string) {
    const starts: number[] = [];
    let size = 0;
    for (const piece of pieces) {
      starts.push(size);
      size += piece.length;
    }
    this.uri = uri;
    this.size = size;
    this.#pieces = pieces;
    this.#starts = starts;
  }

  /** Reads `length` bytes from `offset`. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    checkWithin(this, offset, length);
    const [only = new Uint8Array(0), ...more] = this.#views(offset, length);
    if (more.length === 0) return only;
    const bytes = new Uint8Array(length);
    fill(bytes, [only, ...more]);
    return bytes;
  }

  /** Fills `target`. */
  async readInto(offset: number, target: Uint8Array): Promise<void> {
    checkWithin(this, offset, target.length);
    fill(target, this.#views(offset, target.length));
  }

  /** Reads several ranges. */
  async readRanges(ranges: readonly SourceRange[]): Promise<readonly Uint8Array[]> {
    return await Promise.all(ranges.map(async ({ offset, length, target }) => {
      if (!target) return await this.read(offset, length);
      checkWithin(this, offset, length);
      await this.readInto(offset, target);
      return target;
    }));
  }

  /** Yields the pieces. */
  async *stream(
    { offset = 0, end = this.size }: { offset?: number; end?: number } = {},
  ): AsyncIterable<Uint8Array> {
    checkWithin(this, offset, Math.max(end - offset, 0));
    yield* this.#views(offset, end - offset);
  }

  *#views(offset: number, length: number): Generator<Uint8Array> {
    const end = offset + length;
    for (let index = this.#pieceAt(offset); offset < end; index++) {
      const start = this.#starts[index] ?? 0;
      const view = this.#pieces[index]?.subarray(offset - start, end - start) ?? new Uint8Array(0);
      if (view.length > 0) yield view;
      offset = start + (this.#pieces[index]?.length ?? Infinity);
    }
  }

  /** The last piece that begins at a place or before it. */
  #pieceAt(offset: number): number {
    let low = 0;
    for (let high = this.#starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}

function fill(target: Uint8Array, views: Iterable<Uint8Array>): void {
  let at = 0;
  for (const view of views) {
    target.set(view, at);
    at += view.length;
  }
}
