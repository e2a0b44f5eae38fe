const ENCODER = new TextEncoder();

/** The most bytes that the offsets of a column can tell. */
const MOST = 2 ** 31 - 1;

/** Gathers bytes of many values, one after the other, and where each ends. */
export class GrowingBytes {
  #bytes = new Uint8Array(256);
  #offsets = new Int32Array(64);
  #rows = 0;
  #length = 0;

  /** Values so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds a value, copied. */
  add(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#close(bytes.length);
  }

  /** Adds a text as UTF-8. */
  addText(text: string): void {
    const room = this.#room(text.length * 3);
    this.#close(ENCODER.encodeInto(text, room.subarray(this.#length)).written);
  }

  /** What was gathered: offsets, one more than values, and the bytes. It is empty again afterwards. */
  finish(): { readonly offsets: Int32Array; readonly values: Uint8Array } {
    const taken = {
      offsets: this.#offsets.slice(0, this.#rows + 1),
      values: this.#bytes.slice(0, this.#length),
    };
    this.#rows = 0;
    this.#length = 0;
    return taken;
  }

  #close(added: number): void {
    this.#length += added;
    if (this.#rows + 1 >= this.#offsets.length) {
      const grown = new Int32Array(this.#offsets.length * 2);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[++this.#rows] = this.#length;
  }

  #room(added: number): Uint8Array {
    const wanted = this.#length + added;
    if (wanted > MOST) {
      throw new RangeError("a column has more than 2 GiB in one batch; take fewer rows at once");
    }
    if (wanted > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(wanted, this.#bytes.length * 2), MOST));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}
