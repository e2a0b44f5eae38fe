/** Bytes of a block by default. */
const BLOCK = 2 ** 20;

/** Options of {@linkcode TextBlocks}. */
export interface TextBlocksOptions {
  /** Bytes of a block; 1 MiB by default. */
  readonly block?: number;
  /** The longest record, for which a block grows. */
  readonly longest: number;
  /**
   * Throws a failure of the pieces before a block that is not full: what is told of a prefix does not depend on where the
   * reading broke off. By default what came before is given first.
   */
  readonly failsAtOnce?: boolean;
}

/**
 * A text in blocks: bytes that were not taken stand at the start of the next one. Behind the last byte of a block stands
 * one more, which the reader may set to what ends its scan.
 */
export class TextBlocks {
  /** The memory of the block. */
  bytes: Uint8Array;
  /** Where the bytes that are there begin. */
  from = 0;
  /** Where they end. */
  to = 0;
  /** Where in the text the block's memory begins. */
  base = 0;
  /** Whether nothing follows. */
  ended = false;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #longest: number;
  readonly #failsAtOnce: boolean;
  #piece: Uint8Array = new Uint8Array(0);
  #failure: { readonly cause: unknown } | undefined;

  /** The text of these pieces. */
  constructor(
    pieces: AsyncIterable<Uint8Array>,
    { block = BLOCK, longest, failsAtOnce = false }: TextBlocksOptions,
  ) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    if (!(block >= 1 && longest >= 1)) {
      throw new RangeError("a block and the longest record have 1 byte at least");
    }
    this.#longest = longest;
    this.#failsAtOnce = failsAtOnce;
    // A byte order mark is found at once.
    this.bytes = new Uint8Array(Math.max(block, 4) + 1);
  }

  /**
   * Fills the block behind the bytes that were not taken, with less before a failure of the pieces, and makes room where they
   * fill it. `false` where they are as long as the longest record.
   */
  async fill(): Promise<boolean> {
    const { bytes, from, to } = this;
    const left = to - from;
    let room = bytes;
    if (left * 2 >= bytes.length - 1) {
      if (left >= this.#longest) return false;
      room = new Uint8Array(Math.min(this.#longest, bytes.length * 2) + 1);
    }
    room.set(bytes.subarray(from, to));
    this.bytes = room;
    this.base += from;
    this.from = 0;
    this.to = left;
    while (this.to < room.length - 1 && !this.ended) {
      if (this.#piece.length === 0) {
        if (this.#failure) throw this.#failure.cause;
        try {
          const next = await this.#pieces.next();
          if (next.done) this.ended = true;
          else this.#piece = next.value;
        } catch (cause) {
          this.#failure = { cause };
          // What came before is taken first.
          if (this.to > left && !this.#failsAtOnce) break;
        }
        continue;
      }
      const taken = this.#piece.subarray(0, room.length - 1 - this.to);
      room.set(taken, this.to);
      this.to += taken.length;
      this.#piece = this.#piece.subarray(taken.length);
    }
    return true;
  }

  /** Ends the reading below. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
