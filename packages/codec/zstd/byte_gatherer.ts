const SMALLEST = 2 ** 14;

/** Bytes that are gathered at the end and taken from the front, in buffers that are used again. */
export class ByteGatherer {
  readonly #mostIdle: number;
  readonly #idle: Uint8Array<ArrayBuffer>[] = [];
  #bytes = new Uint8Array(0);
  #length = 0;

  /** Keeps at most `mostIdle` buffers for later. */
  constructor(mostIdle: number) {
    this.#mostIdle = mostIdle;
  }

  /** Bytes gathered and not taken. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for `length` more bytes in one step, where it is known that they come. */
  reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const index = this.#idle.findIndex((idle) => idle.length >= needed);
    const [idle] = index < 0 ? [] : this.#idle.splice(index, 1);
    const grown = idle ?? new Uint8Array(Math.max(SMALLEST, needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    if (this.#bytes.length > 0) this.giveBack(this.#bytes);
    this.#bytes = grown;
  }

  /** Adds a copy of `bytes`. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** The first `length` bytes, which belong to the caller with their whole buffer. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, length);
    const rest = this.#bytes.subarray(length, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    if (rest.length > 0) this.append(rest);
    return taken;
  }

  /** Takes over a buffer that nobody uses any more. */
  giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#idle.length < this.#mostIdle) this.#idle.push(new Uint8Array(bytes.buffer));
  }
}
