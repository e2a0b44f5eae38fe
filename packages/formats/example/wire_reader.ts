/** What is wrong with a message, and at which of the bytes that it lies in. */
export class WireFault extends Error {
  /** Where. */
  readonly at: number;

  /** Describes it. */
  constructor(detail: string, at: number) {
    super(detail);
    this.at = at;
  }
}

/** How a field's value is encoded. */
export const VARINT = 0;
/** Eight bytes. */
export const I64 = 1;
/** A length, and so many bytes. */
export const LEN = 2;
/** Four bytes. */
export const I32 = 5;

/**
 * Takes what protocol buffers are made of from bytes, one after the other. Every length is compared with the end of the
 * message that it lies in; what does not fit is a {@linkcode WireFault}.
 */
export class WireReader {
  /** The bytes. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte's place. */
  at = 0;
  /** The lower 32 bits of the last varint, unsigned. */
  low = 0;
  /** The upper 32 bits of the last varint, unsigned. */
  high = 0;

  /** A field's number and how it is encoded, as number * 8 + encoding. */
  tag(end: number): number {
    const start = this.at;
    this.varint(end);
    const { low } = this;
    if (this.high !== 0 || low < 8) throw new WireFault(`field ${Math.floor(low / 8)} is none`, start);
    return low;
  }

  /** The end of a message or piece of bytes whose length comes next. */
  lengthTo(end: number): number {
    const start = this.at;
    this.varint(end);
    const length = this.high * 2 ** 32 + this.low;
    if (length > end - this.at) {
      throw new WireFault(
        `a length of ${length} passes the end of its message by ${length - end + this.at}`,
        start,
      );
    }
    return this.at + length;
  }

  /** A number of up to 64 bits, into `low` and `high`. */
  varint(end: number): void {
    const { bytes, at } = this;
    const first = at < end ? bytes[at] as number : 0x80;
    this.high = 0;
    if (first < 0x80) {
      this.low = first;
      this.at = at + 1;
      return;
    }
    let [low, high] = [0, 0];
    for (let index = 0; index < 10; index++) {
      if (at + index >= end) throw new WireFault("a number passes the end of its message", at);
      const byte = bytes[at + index] as number;
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << 7 * index;
      else if (index === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else if (index < 9) high |= bits << 7 * index - 32;
      else if (byte > 1) break;
      else high |= bits << 31;
      if (byte >= 0x80) continue;
      this.low = low >>> 0;
      this.high = high >>> 0;
      this.at = at + index + 1;
      return;
    }
    throw new WireFault("a number has more than 64 bits", at);
  }

  /** Goes past the value of a field. */
  skip(tag: number, end: number): void {
    const start = this.at;
    const encoding = tag & 7;
    if (encoding === VARINT) return this.varint(end);
    if (encoding === LEN) this.at = this.lengthTo(end);
    else if (encoding === I64 || encoding === I32) this.at += encoding === I64 ? 8 : 4;
    else throw new WireFault(`field ${tag >>> 3} is a group or of no known encoding (${encoding})`, start);
    if (this.at > end) throw new WireFault("a value passes the end of its message", start);
  }
}
