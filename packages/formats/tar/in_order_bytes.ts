/** Opens bytes from an offset on. */
export type OpenFrom = (offset: number) => AsyncIterable<Uint8Array>;

/**
 * Bytes taken one piece after the other from a stream of chunks. What is passed over by more than `jump` bytes is not read:
 * the stream is opened anew behind it, where it can be.
 */
export class InOrderBytes implements AsyncDisposable {
  readonly #open: OpenFrom;
  readonly #jump: number;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #position: number;
  #isEnded = false;

  /** Starts at `position`. With `jump` Infinity nothing is opened twice. */
  constructor(open: OpenFrom, { jump, position = 0 }: { jump: number; position?: number }) {
    this.#open = open;
    this.#jump = jump;
    this.#position = position;
  }

  /** Where the next byte lies. */
  get position(): number {
    return this.#position;
  }

  /** The next `length` bytes, where they lie in one piece of memory already. Valid until the next call. */
  takeNow(length: number): Uint8Array | undefined {
    const end = this.#at + length;
    if (end > this.#chunk.length) return undefined;
    const piece = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    this.#position += length;
    return piece;
  }

  /** The same of bytes that lie `gap` further on; where they do not, nothing is passed over. */
  takeAheadNow(gap: number, length: number): Uint8Array | undefined {
    if (this.#at + gap + length > this.#chunk.length) return undefined;
    this.#at += gap;
    this.#position += gap;
    return this.takeNow(length);
  }

  /** The next `length` bytes, fewer at the end. Valid until the next call. */
  async take(length: number): Promise<Uint8Array> {
    const piece = this.takeNow(length);
    if (piece) return piece;
    const whole = new Uint8Array(length);
    const filled = await this.fill(whole);
    return whole.subarray(0, filled);
  }

  /** Fills `target` with the next bytes, and says how many there were. */
  async fill(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const piece = await this.#next(target.length - filled);
      if (!piece) break;
      target.set(piece, filled);
      filled += piece.length;
    }
    return filled;
  }

  /** Up to `most` of the next bytes; none at the end. Valid until the next call. */
  async some(most: number): Promise<Uint8Array | undefined> {
    return await this.#next(most);
  }

  /** All that is left, in pieces. */
  async *rest(): AsyncGenerator<Uint8Array, void, void> {
    for (let piece = await this.#next(Infinity); piece; piece = await this.#next(Infinity)) yield piece;
  }

  /** Passes over bytes, and says how many there were: those that are not read are taken to be there. */
  async skip(length: number): Promise<number> {
    let left = length;
    const here = Math.min(left, this.#chunk.length - this.#at);
    this.#at += here;
    this.#position += here;
    left -= here;
    if (left === 0) return length;
    if (left >= this.#jump) {
      await this.#close();
      this.#position += left;
      return length;
    }
    while (left > 0) {
      const piece = await this.#next(left);
      if (!piece) break;
      left -= piece.length;
    }
    return length - left;
  }

  /** Ends the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.#isEnded = true;
  }

  async #next(most: number): Promise<Uint8Array | undefined> {
    while (this.#at === this.#chunk.length) {
      if (this.#isEnded) return undefined;
      this.#chunks ??= this.#open(this.#position)[Symbol.asyncIterator]();
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.#isEnded = true;
        return undefined;
      }
      this.#chunk = value;
      this.#at = 0;
    }
    return this.takeNow(Math.min(most, this.#chunk.length - this.#at));
  }

  async #close(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = undefined;
    this.#chunk = new Uint8Array(0);
    this.#at = 0;
    await chunks?.return?.();
  }
}
