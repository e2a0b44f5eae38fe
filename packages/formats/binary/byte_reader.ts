import { FormatError } from "../errors/format_error.ts";

/** What a {@linkcode ByteReader} says in its errors. */
export interface ByteReaderContext {
  /** What is done: `read npy`. */
  readonly operation: string;
  /** The object. */
  readonly uri: string;
  /** Where in the object the bytes begin. */
  readonly offset?: number;
}

/**
 * Takes numbers and pieces from bytes, one after the other. What passes the end is a `FormatError` that says where; numbers
 * of 64 bits that are no safe integer are one too. Little-endian, unless a method says otherwise.
 */
export class ByteReader {
  /** The bytes. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #context: ByteReaderContext;
  #at = 0;

  /** Reads from the first byte on. */
  constructor(bytes: Uint8Array, context: ByteReaderContext) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#context = context;
  }

  /** The next byte's place, from the first of these bytes. */
  get position(): number {
    return this.#at;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.bytes.length - this.#at;
  }

  /** Goes to a place within the bytes, or just behind them. */
  seek(position: number): void {
    if (!Number.isSafeInteger(position) || position < 0 || position > this.bytes.length) {
      throw this.fault(`byte ${position} is meant, and there are ${this.bytes.length}`);
    }
    this.#at = position;
  }

  /** A view of the next `length` bytes; `what` names them. */
  take(length: number, what: string): Uint8Array {
    const at = this.#pass(length, what);
    return this.bytes.subarray(at, at + length);
  }

  /** 8 bits, unsigned. */
  u8(what: string): number {
    return this.#view.getUint8(this.#pass(1, what));
  }

  /** 16 bits, unsigned. */
  u16(what: string): number {
    return this.#view.getUint16(this.#pass(2, what), true);
  }

  /** 32 bits, unsigned. */
  u32(what: string): number {
    return this.#view.getUint32(this.#pass(4, what), true);
  }

  /** 64 bits, unsigned, as a number. */
  u64(what: string): number {
    const value = this.#view.getBigUint64(this.#pass(8, what), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#at -= 8;
      throw this.fault(`${what} is ${value}, more than any object has`);
    }
    return Number(value);
  }

  /** An error at the present place. */
  fault(detail: string): FormatError {
    const { operation, uri, offset = 0 } = this.#context;
    return new FormatError({
      operation,
      uri,
      detail: `${detail} (at byte ${offset + this.#at})`,
      offset: offset + this.#at,
    });
  }

  #pass(length: number, what: string): number {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.left) {
      throw this.fault(`${what} takes ${length} bytes, and ${this.left} are left`);
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
