import type { CallOptions } from "@lade/core";
import { ChecksumMismatchError, UnsupportedError } from "@lade/core/errors";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { NumericArray } from "../array/dtype.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { alignmentOf, arrayOver, bytesOver } from "./array_memory.ts";
import type { ElementLayout } from "./element_layout.ts";
import { type NpyHeader, type NpyHeaderOptions, type ParsedHeader, readHeader } from "./npy_header.ts";
import type { NpyArray, NpyType } from "./npy_type.ts";

/** Options of reading elements. */
export interface NpyReadOptions extends CallOptions {
  /**
   * Where the elements go: memory of exactly their length, which begins at a multiple of what its view takes; fresh memory
   * by default. It is in use until the read settles, and holds arbitrary bytes after a failure.
   */
  readonly into?: NumericArray;
}

/** Options of {@linkcode NpyFile.scan}. */
export interface NpyScanOptions extends CallOptions {
  /** The first row wanted; 0 by default. */
  readonly from?: number;
  /** The row behind the last one wanted; all to the end by default. */
  readonly to?: number;
  /** Rows of an array that is yielded, at most; by default as many as 8 MiB have. */
  readonly batchRows?: number;
}

/** Is given all bytes of a file, in two pieces. */
type WholeCheck = (head: Uint8Array, elements: Uint8Array) => void;

const PIECE = 8 * 2 ** 20;

/** An npy file whose header is read. */
export class NpyFile {
  /** What the header says. */
  readonly header: NpyHeader;
  /** The bytes. */
  readonly source: ByteSource;
  readonly #layout: ElementLayout;
  readonly #checkWhole: WholeCheck | undefined;

  private constructor(
    source: ByteSource,
    { header, layout }: ParsedHeader,
    checkWhole: WholeCheck | undefined,
  ) {
    this.source = source;
    this.header = header;
    this.#layout = layout;
    this.#checkWhole = checkWhole;
  }

  /**
   * Reads and checks the header of a file that is all of a source. `checkWhole` is called whenever all of it was read, with
   * the bytes of the header and those behind it, and what it throws the read rejects with.
   */
  static async open(
    source: ByteSource,
    options: NpyHeaderOptions = {},
    checkWhole?: WholeCheck,
  ): Promise<NpyFile> {
    return new NpyFile(source, await readHeader(source, options), checkWhole);
  }

  /** Rows: the length of the first dimension. 0 for a single value, which has none. */
  get rows(): number {
    return this.header.shape[0] ?? 0;
  }

  /**
   * Reads the whole array, straight into place. With `crc32c`, a file whose bytes have another one (in base64, as
   * {@linkcode writeNpy} tells it) is a `ChecksumMismatchError`.
   */
  async read(options: NpyReadOptions & { readonly crc32c?: string } = {}): Promise<NpyArray> {
    const { crc32c: expected, ...rest } = options;
    const { dataOffset, dataLength, shape } = this.header;
    const memory = this.#memory(dataLength, rest.into);
    await this.source.readInto(dataOffset, memory, call(rest));
    if (expected !== undefined || this.#checkWhole) {
      const head = await this.source.read(0, dataOffset, call(rest));
      this.#checkWhole?.(head, memory);
      if (expected !== undefined) this.#compare(expected, head, memory);
    }
    return this.#array(memory, shape, rest.into);
  }

  /**
   * Reads the rows from `from` up to before `to` of an array in C order, by one range. In Fortran order, where the elements
   * of a row lie apart, it is an `UnsupportedError` but for one dimension.
   */
  async readRows(from: number, to: number, options: NpyReadOptions = {}): Promise<NpyArray> {
    const { offset, length } = this.rangeOfRows(from, to);
    const memory = this.#memory(length, options.into);
    await this.source.readInto(offset, memory, call(options));
    return this.#array(memory, [to - from, ...this.header.shape.slice(1)], options.into);
  }

  /**
   * Yields the rows wanted in arrays of several, each read while the one before is used: two of them are in memory. As
   * {@linkcode readRows} otherwise.
   */
  async *scan(options: NpyScanOptions = {}): AsyncGenerator<NpyArray, void, void> {
    const { from = 0, to = this.rows, signal } = options;
    const { length } = this.rangeOfRows(from, to);
    const fitting = Math.max(1, Math.floor(PIECE * (to - from) / Math.max(length, 1)));
    const step = options.batchRows ?? Math.min(fitting, Math.max(1, to - from));
    if (!Number.isSafeInteger(step) || step < 1) {
      throw new RangeError(`Cannot read ${step} rows at a time: a whole number from 1 up is needed`);
    }
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const read = (at: number) => {
      const batch = at < to ? this.readRows(at, Math.min(at + step, to), { signal: either }) : undefined;
      // Whoever asks for it is told.
      batch?.catch(() => {});
      return batch;
    };
    let ahead = read(from);
    try {
      for (let at = from + step; ahead; at += step) {
        const batch = await ahead;
        ahead = read(at);
        yield batch;
      }
    } finally {
      stop.abort();
      await ahead?.catch(() => {});
    }
  }

  /** Where the rows from `from` up to before `to` lie, for those who read them themselves; as {@linkcode readRows}. */
  rangeOfRows(from: number, to: number): { readonly offset: number; readonly length: number } {
    const { elementSize, dataOffset } = this.header;
    const rowSize = this.#checkRows(from, to) * elementSize;
    return { offset: dataOffset + from * rowSize, length: (to - from) * rowSize };
  }

  /**
   * The rows in the bytes of their range: a view of them where they begin at a multiple of what it takes, else a copy. A view's
   * elements are put into the machine's byte order in place, so that the same bytes are taken once.
   */
  decodeRows(from: number, to: number, bytes: Uint8Array): NpyArray {
    const { length } = this.rangeOfRows(from, to);
    if (bytes.length !== length) {
      throw new RangeError(
        `Cannot take rows ${from} to ${to} from ${bytes.length} bytes: they have ${length}`,
      );
    }
    return this.#array(this.#aligned(bytes), [to - from, ...this.header.shape.slice(1)], undefined);
  }

  /** The whole array in the bytes behind the header, as {@linkcode decodeRows} takes rows. */
  decode(bytes: Uint8Array): NpyArray {
    const { dataLength, shape } = this.header;
    if (bytes.length !== dataLength) {
      throw new RangeError(`Cannot take an array from ${bytes.length} bytes: it has ${dataLength}`);
    }
    return this.#array(this.#aligned(bytes), shape, undefined);
  }

  /** Reads the first elements, `count` at most, in the order in which they lie: an array of one dimension. */
  async readFirst(count: number, options: NpyReadOptions = {}): Promise<NpyArray> {
    const { elements, elementSize, dataOffset } = this.header;
    const first = Math.min(count, elements);
    const memory = this.#memory(first * elementSize, options.into);
    await this.source.readInto(dataOffset, memory, call(options));
    return this.#array(memory, [first], options.into);
  }

  /**
   * Reads the elements of which some can be told to be none (bools that are neither 0 nor 1), 8 MiB at a time, and rejects
   * with a `FormatError` at the first of them. Of other elements it reads none.
   */
  async check(options: CallOptions & { readonly onBytes?: (bytes: number) => void } = {}): Promise<void> {
    const { settle, size, type } = this.#layout;
    const { elements, dataOffset } = this.header;
    if (!settle || size === 0 || !hasBools(type)) return;
    const step = Math.max(1, Math.floor(PIECE / size));
    const memory = this.#memory(Math.min(step, elements) * size, undefined);
    for (let at = 0; at < elements; at += step) {
      const piece = memory.subarray(0, Math.min(step, elements - at) * size);
      await this.source.readInto(dataOffset + at * size, piece, call(options));
      const fault = settle(piece);
      if (fault !== undefined) throw this.#fault(fault);
      options.onBytes?.(piece.length);
    }
  }

  /** Elements of a row. */
  #checkRows(from: number, to: number): number {
    const { shape, order } = this.header;
    const { uri } = this.source;
    const [rows, ...rest] = shape;
    if (rows === undefined) {
      throw new RangeError(`Cannot read rows of npy ${JSON.stringify(uri)}: it is a single value`);
    }
    const sound = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to &&
      to <= rows;
    if (!sound) {
      throw new RangeError(
        `Cannot read rows ${from} to ${to} of npy ${JSON.stringify(uri)}: it has ${rows}, counted from 0`,
      );
    }
    if (order === "F" && rest.length > 0) {
      throw new UnsupportedError({
        operation: "read rows of npy",
        uri,
        detail: "it is in Fortran order, where the elements of a row lie apart",
        advice: "read the whole array, or save it in C order (numpy.ascontiguousarray)",
      });
    }
    return rest.reduce((product, length) => product * length, 1);
  }

  #memory(length: number, into: NumericArray | undefined): Uint8Array {
    return bytesOver({ type: this.header.type, length, into, uri: this.source.uri });
  }

  #array(memory: Uint8Array, shape: readonly number[], into: NumericArray | undefined): NpyArray {
    const fault = this.#layout.settle?.(memory);
    if (fault !== undefined) throw this.#fault(fault);
    return arrayOver(this.header.type, memory, shape, this.header.order, into);
  }

  #aligned(bytes: Uint8Array): Uint8Array {
    return bytes.byteOffset % alignmentOf(this.header.type) === 0 ? bytes : bytes.slice();
  }

  #fault(detail: string): FormatError {
    const { source: { uri }, header: { dataOffset: offset } } = this;
    return new FormatError({ operation: "read npy", uri, detail, offset });
  }

  #compare(expected: string, head: Uint8Array, memory: Uint8Array): void {
    const found = crc32cToBase64(crc32c(memory, crc32c(head)));
    if (found === expected) return;
    const detail = `its CRC-32C is ${found}, and ${expected} is expected`;
    throw new ChecksumMismatchError({ operation: "read npy", uri: this.source.uri, detail });
  }
}

function call({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {};
}

function hasBools(type: NpyType): boolean {
  return type.dtype === "bool" ||
    (type.dtype === "struct" && type.fields.some((field) => hasBools(field.type)));
}
