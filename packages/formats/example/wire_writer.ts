import { LEN } from "./wire_reader.ts";

const ENCODER = new TextEncoder();

/**
 * Writes what protocol buffers are made of from the last byte to the first: a message's length is known by then, and no
 * byte is moved.
 */
export class WireWriter {
  #bytes = new Uint8Array(256);
  /** Where the first byte lies; all behind it is written. */
  #at = 256;

  /** Puts a field that is a message before what is written; `write` writes its fields, the last one first. */
  message(field: number, write: () => void): void {
    const end = this.#bytes.length - this.#at;
    write();
    this.varint(this.#bytes.length - this.#at - end);
    this.#tag(field);
  }

  /** Puts a field of bytes before what is written. */
  bytes(field: number, value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.varint(value.length);
    this.#tag(field);
  }

  /** Puts a field of text before what is written. */
  text(field: number, value: string): void {
    this.bytes(field, ENCODER.encode(value));
  }

  /** Puts a field of packed floats before what is written. */
  floats(field: number, values: ArrayLike<number>): void {
    this.#room(values.length * 4);
    const view = new DataView(this.#bytes.buffer, this.#at);
    for (let index = 0; index < values.length; index++) {
      view.setFloat32(index * 4, values[index] as number, true);
    }
    this.varint(values.length * 4);
    this.#tag(field);
  }

  /** Puts a whole number, of 64 bits in two's complement, before what is written. */
  varint(value: number | bigint): void {
    let low: number;
    let high: number;
    if (typeof value === "bigint") {
      low = Number(BigInt.asUintN(32, value));
      high = Number(BigInt.asUintN(32, value >> 32n));
    } else {
      low = value >>> 0;
      high = Math.floor(value / 2 ** 32) >>> 0;
    }
    let length = 1;
    for (let [l, h] = [low, high]; h !== 0 || l >= 0x80; length++) {
      l = (l >>> 7 | h << 25) >>> 0;
      h >>>= 7;
    }
    this.#room(length);
    for (let place = this.#at; place < this.#at + length; place++) {
      this.#bytes[place] = low & 0x7f | (place < this.#at + length - 1 ? 0x80 : 0);
      low = (low >>> 7 | high << 25) >>> 0;
      high >>>= 7;
    }
  }

  /** What was written, as memory of its own. It is empty again afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(this.#at);
    this.#at = this.#bytes.length;
    return bytes;
  }

  #tag(field: number): void {
    this.varint(field << 3 | LEN);
  }

  /** Makes room before what is written, which begins there then. */
  #room(more: number): void {
    if (more > this.#at) {
      const written = this.#bytes.length - this.#at;
      const grown = new Uint8Array(Math.max(written + more, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(this.#at), grown.length - written);
      this.#at = grown.length - written;
      this.#bytes = grown;
    }
    this.#at -= more;
  }
}
