const ENCODER = new TextEncoder();
const TAB = 9;
const LF = 10;
/** A character takes three bytes of UTF-8 at most; pairs of them four. */
const MOST_UTF8 = 3;
/** Longer text goes to the encoder of the platform, which is faster from there on. */
const SHORT = 48;

/** Fields between tabs and lines, written as bytes: to join strings of them takes ten times as long. */
export class FieldBytes {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  #isFirst = true;

  /** Makes room for so many bytes at first. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes that are there. */
  get length(): number {
    return this.#length;
  }

  /** Adds a field of text, which has neither tabs nor ends of lines. */
  text(value: string): void {
    this.#reserve(value.length * MOST_UTF8 + 1);
    this.#separate();
    if (value.length > SHORT || !this.#ascii(value)) {
      const { written } = ENCODER.encodeInto(value, this.#bytes.subarray(this.#length));
      this.#length += written;
    }
  }

  /** Adds a field of a whole number from 0 on; an empty one where it is absent. */
  number(value: number | undefined): void {
    this.text(value === undefined ? "" : String(value));
  }

  /** Adds a field of a time, by the text of its whole second and its nanoseconds. */
  time(second: string, nanos: number): void {
    this.text(second);
    this.#reserve(11);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = 46;
    for (let unit = 1e8, rest = nanos; unit >= 1; unit /= 10) {
      const digit = Math.floor(rest / unit);
      bytes[at++] = 48 + digit;
      rest -= digit * unit;
    }
    bytes[at++] = 90;
    this.#length = at;
  }

  /** Ends the line. */
  endLine(): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = LF;
    this.#isFirst = true;
  }

  /** Takes what is there, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #separate(): void {
    if (!this.#isFirst) this.#bytes[this.#length++] = TAB;
    this.#isFirst = false;
  }

  /** Whether it was ASCII, and is written. */
  #ascii(value: string): boolean {
    const [bytes, start] = [this.#bytes, this.#length];
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at);
      if (code > 127) return false;
      bytes[start + at] = code;
    }
    this.#length = start + value.length;
    return true;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
