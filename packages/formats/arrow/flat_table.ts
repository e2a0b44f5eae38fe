import type { FormatError } from "../errors/format_error.ts";

/** How often a byte may be passed by tables and texts together, which may share what they are made of. */
const MOST_PASSES = 16;

/** The bytes of one message in FlatBuffers' encoding. What is read of them is bounded, however its parts are shared. */
class FlatBytes {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly fault: (detail: string) => FormatError;
  #left: number;

  constructor(bytes: Uint8Array, fault: (detail: string) => FormatError) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fault = fault;
    this.#left = bytes.length * MOST_PASSES;
  }

  /** Asserts that `length` bytes lie at `at`, and gives `at`. */
  within(at: number, length: number, what: string): number {
    if (at < 0 || at + length > this.bytes.length) {
      throw this.fault(`its ${what} of ${length} bytes lies at ${at} of ${this.bytes.length}`);
    }
    return at;
  }

  /** Where the offset at `at` leads. */
  follow(at: number, what: string): number {
    return at + this.view.getUint32(this.within(at, 4, what), true);
  }

  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw this.fault("its parts are shared more often than any writer does");
  }
}

/** Structs of one size that lie one after the other. */
export interface FlatStructs {
  /** How many. */
  readonly length: number;
  /** A 64-bit number of one of them, `byte` bytes from its start. */
  i64(index: number, byte: number): number;
  /** A 32-bit number of one of them. */
  i32(index: number, byte: number): number;
}

/**
 * A table of FlatBuffers' encoding, in which Arrow writes what is no data. Fields are known by their place in the schema.
 * What lies outside of the bytes is an error, before it is read.
 */
export class FlatTable {
  readonly #bytes: FlatBytes;
  readonly #at: number;
  readonly #size: number;
  readonly #vtable: number;
  readonly #fields: number;

  private constructor(bytes: FlatBytes, at: number) {
    bytes.spend(4);
    const { view } = bytes;
    const vtable = bytes.within(at, 4, "table") - view.getInt32(at, true);
    const length = view.getUint16(bytes.within(vtable, 4, "vtable"), true);
    bytes.within(vtable, Math.max(length, 4), "vtable");
    this.#size = view.getUint16(vtable + 2, true);
    bytes.within(at, this.#size, "table");
    this.#bytes = bytes;
    this.#at = at;
    this.#vtable = vtable;
    this.#fields = (length - 4) >> 1;
  }

  /** The table that bytes are made for. `fault` makes the errors. */
  static root(bytes: Uint8Array, fault: (detail: string) => FormatError): FlatTable {
    const flat = new FlatBytes(bytes, fault);
    return new FlatTable(flat, flat.follow(0, "root"));
  }

  /** An error of the message that this table is in. */
  fault(detail: string): FormatError {
    return this.#bytes.fault(detail);
  }

  /** Whether a field is there. */
  has(field: number): boolean {
    return this.#place(field, 1) !== undefined;
  }

  /** 8 bits, unsigned. */
  u8(field: number, absent = 0): number {
    const at = this.#place(field, 1);
    return at === undefined ? absent : this.#bytes.view.getUint8(at);
  }

  /** A truth value. */
  bool(field: number): boolean {
    return this.u8(field) !== 0;
  }

  /** 16 bits, signed. */
  i16(field: number, absent = 0): number {
    const at = this.#place(field, 2);
    return at === undefined ? absent : this.#bytes.view.getInt16(at, true);
  }

  /** 32 bits, signed. */
  i32(field: number, absent = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? absent : this.#bytes.view.getInt32(at, true);
  }

  /** 64 bits, signed, as a number. */
  i64(field: number, absent = 0): number {
    const at = this.#place(field, 8);
    return at === undefined ? absent : safe(this.#bytes, at);
  }

  /** A text; `undefined` where it is not there. */
  text(field: number): string | undefined {
    const text = this.#textBytes(field);
    try {
      return text && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      throw this.fault("a text in it is no UTF-8");
    }
  }

  /** A text in which some writers put bytes: what is no UTF-8 becomes U+FFFD. */
  looseText(field: number): string | undefined {
    const text = this.#textBytes(field);
    return text && new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
  }

  #textBytes(field: number): Uint8Array | undefined {
    const { bytes } = this.#bytes;
    const vector = this.#vector(field, 1);
    if (!vector) return undefined;
    this.#bytes.spend(vector.length);
    if (bytes[vector.at + vector.length] !== 0) throw this.fault("a text in it does not end");
    return bytes.subarray(vector.at, vector.at + vector.length);
  }

  /** A table below. */
  table(field: number): FlatTable | undefined {
    const at = this.#place(field, 4);
    return at === undefined ? undefined : new FlatTable(this.#bytes, this.#bytes.follow(at, "table"));
  }

  /** A vector of tables; none where it is not there. */
  *tables(field: number): Iterable<FlatTable> {
    const vector = this.#vector(field, 4);
    for (let index = 0; index < (vector?.length ?? 0); index++) {
      yield new FlatTable(this.#bytes, this.#bytes.follow((vector?.at ?? 0) + index * 4, "table"));
    }
  }

  /** A vector of structs (or of numbers) of `size` bytes; an empty one where it is not there. */
  structs(field: number, size: number): FlatStructs {
    const { length, at } = this.#vector(field, size) ?? { length: 0, at: 0 };
    const bytes = this.#bytes;
    return {
      length,
      i64: (index, byte) => safe(bytes, at + index * size + byte),
      i32: (index, byte) => bytes.view.getInt32(at + index * size + byte, true),
    };
  }

  #vector(field: number, size: number): { at: number; length: number } | undefined {
    const place = this.#place(field, 4);
    if (place === undefined) return undefined;
    const at = this.#bytes.follow(place, "vector");
    const length = this.#bytes.view.getUint32(this.#bytes.within(at, 4, "vector"), true);
    this.#bytes.within(at + 4, length * size, "vector");
    return { at: at + 4, length };
  }

  #place(field: number, size: number): number | undefined {
    if (field >= this.#fields) return undefined;
    const offset = this.#bytes.view.getUint16(this.#vtable + 4 + field * 2, true);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + size > this.#size) {
      throw this.fault(`field ${field} of a table in it lies at ${offset} of ${this.#size}`);
    }
    return this.#at + offset;
  }
}

function safe({ view, fault }: FlatBytes, at: number): number {
  const value = view.getBigInt64(at, true);
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw fault(`a number in it is ${value}, more than any object has`);
}
