/** Pieces below this size are gathered, and of so many bytes. */
const SMALL = 2 ** 14;
const GATHERED = 2 ** 16;

/** So many bytes at the end of a message, and the mark behind them, are one write, which pipes take as a whole or not at all. */
const KEPT = 64;

/** What every message of a stream begins with, the mark of its end too. */
const MARK = Uint8Array.of(0xff, 0xff, 0xff, 0xff);

/** Writes bytes, and is done with them when it resolves. */
export type WriteBytes = (bytes: Uint8Array) => Promise<unknown>;

/**
 * Writes the messages of an Arrow stream. The mark that a message begins with goes out with the message before it: a stream
 * that is cut anywhere, between two messages too, ends in the middle of one. (Readers take one that ends between two for
 * complete.)
 */
export class MessageSender {
  readonly #write: WriteBytes;
  readonly #gathered = new Uint8Array(GATHERED);
  #length = 0;
  #isMarked = false;

  /** Writes by `write`. */
  constructor(write: WriteBytes) {
    this.#write = write;
  }

  /** Writes a message, large pieces from where they lie; `isLast` where it ends the stream. */
  async send(pieces: readonly Uint8Array[], isLast = false): Promise<void> {
    let skipped = this.#isMarked ? MARK.length : 0;
    for (const piece of pieces) {
      const sent = this.#send(piece.subarray(skipped));
      if (sent) await sent;
      skipped = 0;
    }
    if (!isLast) await this.#send(MARK);
    this.#isMarked = true;
    await this.#flush(KEPT + MARK.length);
    await this.#flush();
  }

  #send(piece: Uint8Array): Promise<void> | undefined {
    if (piece.length < SMALL && this.#length + piece.length <= GATHERED) {
      this.#gathered.set(piece, this.#length);
      this.#length += piece.length;
      return undefined;
    }
    return this.#flush().then(async () => {
      if (piece.length < SMALL) return await this.#send(piece);
      await this.#write(piece.subarray(0, -KEPT));
      await this.#send(piece.subarray(-KEPT));
    });
  }

  /** Writes what is gathered, but for the last `kept` bytes. */
  async #flush(kept = 0): Promise<void> {
    const length = this.#length - kept;
    if (length <= 0) return;
    await this.#write(this.#gathered.subarray(0, length));
    this.#gathered.copyWithin(0, length, this.#length);
    this.#length = kept;
  }
}
