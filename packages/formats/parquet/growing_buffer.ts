/** Memory that grows as it is filled, and is used again once it was emptied. */
export class GrowingBuffer {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** Bytes that are in it. */
  get length(): number {
    return this.#length;
  }

  /** Takes room for `size` bytes more, and gives the memory and the place of the first. */
  grow(size: number): { readonly bytes: Uint8Array; readonly at: number } {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return { bytes: this.#bytes, at };
  }

  /** Adds bytes, copied. */
  add(added: Uint8Array): void {
    const { bytes, at } = this.grow(added.length);
    bytes.set(added, at);
  }

  /** A view of what is in it, until it grows or is emptied. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Empties it; the memory is kept. */
  clear(): void {
    this.#length = 0;
  }
}
