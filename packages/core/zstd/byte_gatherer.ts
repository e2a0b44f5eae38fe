const SMALLEST = 2 ** 14;

/** Bytes that are gathered at the end and taken from the front. */
export class ByteGatherer {
  #bytes = new Uint8Array(0);
  #length = 0;

  /** Bytes gathered and not taken. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of `bytes`. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(SMALLEST, this.#bytes.length * 2, length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** The first `length` bytes, which belong to the caller with their whole buffer. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, length);
    const rest = this.#bytes.slice(length, this.#length);
    this.#bytes = rest;
    this.#length = rest.length;
    return taken;
  }
}
