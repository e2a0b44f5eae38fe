/**
 * Bytes that come once, as those of a pipe. What was read of them is kept, so that they can be looked at and streamed from
 * their start again, until {@linkcode PipedBytes.forget} is called.
 */
export class PipedBytes {
  /** What errors name. */
  readonly uri: string;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #kept: Uint8Array[] = [];
  /** Pieces before the first that is kept. */
  #dropped = 0;
  #keeps = true;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #pulling: Promise<void> | undefined;

  /** Reads nothing yet. Pieces may be reused by whoever gives them once the next one is asked for. */
  constructor(pieces: AsyncIterable<Uint8Array>, uri: string) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.uri = uri;
  }

  /** The first bytes, as many as `length` where there are so many. */
  async start(length: number): Promise<Uint8Array> {
    const start = new Uint8Array(length);
    let at = 0;
    for (let place = 0; at < length; place++) {
      const piece = await this.#piece(place);
      if (!piece) break;
      const taken = piece.subarray(0, length - at);
      start.set(taken, at);
      at += taken.length;
    }
    return start.subarray(0, at);
  }

  /** Yields all bytes from the start on, in order; pieces stay as they are. Only the latest stream can be gone on with. */
  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let place = 0;; place++) {
      const piece = await this.#piece(place);
      if (!piece) return;
      if (!this.#keeps) {
        this.#kept.shift();
        this.#dropped++;
      }
      yield piece;
    }
  }

  /** Keeps nothing any more: the next stream from the start is the last one. */
  forget(): void {
    this.#keeps = false;
  }

  async #piece(place: number): Promise<Uint8Array | undefined> {
    if (place < this.#dropped) {
      throw new TypeError(`Cannot read ${JSON.stringify(this.uri)} from its start again`);
    }
    while (place - this.#dropped >= this.#kept.length) {
      if (this.#failure) throw this.#failure.error;
      if (this.#isEnded) return undefined;
      await (this.#pulling ??= this.#pull().finally(() => this.#pulling = undefined));
    }
    return this.#kept[place - this.#dropped];
  }

  async #pull(): Promise<void> {
    try {
      const next = await this.#pieces.next();
      if (next.done) this.#isEnded = true;
      else if (next.value.length > 0) this.#kept.push(next.value.slice());
    } catch (error) {
      this.#failure = { error };
    }
  }
}
