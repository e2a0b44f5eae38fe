import { faultAt } from "./message.ts";

/** Takes bytes from the pieces of a stream, one after the other. */
export class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #uri: string;
  #piece = new Uint8Array(0);
  #at: number;

  /** Reads pieces whose first byte lies at `at` of the object. */
  constructor(pieces: AsyncIterator<Uint8Array>, uri: string, at: number) {
    this.#pieces = pieces;
    this.#uri = uri;
    this.#at = at;
  }

  /** Where the next byte lies. */
  get position(): number {
    return this.#at;
  }

  /** Fills `target`. An object that ends before that is an error. */
  async fill(target: Uint8Array): Promise<void> {
    await this.#pass(target.length, (piece, at) => target.set(piece, at));
  }

  /** Passes over bytes. */
  async skip(length: number): Promise<void> {
    await this.#pass(length, () => {});
  }

  async #pass(length: number, use: (piece: Uint8Array, at: number) => void): Promise<void> {
    const start = this.#at;
    for (let passed = 0; passed < length;) {
      if (this.#piece.length === 0) {
        const next = await this.#pieces.next();
        if (next.done) {
          throw faultAt({ uri: this.#uri, offset: start })(`it ends after ${passed} of ${length} bytes`);
        }
        this.#piece = next.value as Uint8Array<ArrayBuffer>;
      }
      const piece = this.#piece.subarray(0, length - passed);
      use(piece, passed);
      this.#piece = this.#piece.subarray(piece.length);
      passed += piece.length;
      this.#at += piece.length;
    }
  }
}
