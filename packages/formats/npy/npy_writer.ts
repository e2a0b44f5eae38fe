import { type ObjectWriter, type PutResult, withCrc32c } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { elementsOf, type NumericArray } from "../array/dtype.ts";
import { viewOf } from "./array_memory.ts";
import { describeType } from "./describe_type.ts";
import { type ElementLayout, parseDescr } from "./element_layout.ts";
import { encodeHeader } from "./encode_header.ts";
import { formatLiteral } from "./format_literal.ts";
import type { NpyType } from "./npy_type.ts";

/** What an array is, before its elements are there. */
export type NpyShape = NpyType & {
  /** The length of each dimension; empty for a single value. */
  readonly shape: readonly number[];
  /** Which index changes fastest in the file; `"C"`, the last one, by default. */
  readonly order?: "C" | "F";
};

/** What was written. */
export interface WrittenNpy {
  /** The key of the object; with zstd it ends in `.zst`. */
  readonly key: string;
  /** What NumPy calls an element: `<f4`. */
  readonly descr: string;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Which index changes fastest in the file. */
  readonly order: "C" | "F";
  /** Bytes of the npy file, before compression. */
  readonly size: number;
  /** The CRC-32C of those bytes, in base64: what `readNpy` takes. */
  readonly crc32c: string;
  /** What the store says of the object. */
  readonly stored: PutResult;
}

/** What a header is to say, and how the elements that it is about lie in memory. */
export interface PlannedArray {
  /** The header's bytes. */
  readonly header: Uint8Array;
  /** What NumPy calls an element. */
  readonly descr: string;
  /** How elements lie. */
  readonly layout: ElementLayout;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Which index changes fastest. */
  readonly order: "C" | "F";
  /** Bytes of all elements. */
  readonly dataLength: number;
}

/** Plans a file; what npy has no words for is an `UnsupportedError`, what is no array a `TypeError` or `RangeError`. */
export function planArray(array: NpyShape, uri: string): PlannedArray {
  const { shape } = array;
  // Both orders are the same where there is one dimension; NumPy calls it C.
  const order = shape.length > 1 ? array.order ?? "C" : "C";
  const named = describeType(array);
  if (!named) throw undescribed(array, uri);
  const invalid = (detail: string) => new TypeError(`Cannot write npy ${JSON.stringify(uri)}: ${detail}`);
  const layout = parseDescr(named, { invalid, unsupported: invalid });
  const elements = elementsOf(shape);
  const dataLength = elements === undefined ? NaN : elements * layout.size;
  if (!Number.isSafeInteger(dataLength)) {
    throw new RangeError(`Cannot write npy ${JSON.stringify(uri)}: the shape [${shape.join(", ")}] is none`);
  }
  const header = encodeHeader(named, shape, order);
  const descr = named.kind === "string" ? named.value : formatLiteral(named);
  return { header, descr, layout, shape, order, dataLength };
}

/**
 * An npy file that is being written, its elements in the order of the file. Nobody sees the object before `close` succeeds;
 * a failure ends the writer and leaves nothing behind.
 */
export class NpyWriter implements AsyncDisposable {
  /** The key of the object. */
  readonly key: string;
  readonly #planned: PlannedArray;
  readonly #uri: string;
  readonly #writer: ReturnType<typeof withCrc32c>;
  #left: number;

  private constructor(planned: PlannedArray, key: string, uri: string, writer: ObjectWriter) {
    this.#planned = planned;
    this.key = key;
    this.#uri = uri;
    this.#writer = withCrc32c(writer, { uri });
    this.#left = planned.dataLength;
  }

  /** Writes the header of a planned file to a writer, which it takes over. */
  static async start(
    planned: PlannedArray,
    key: string,
    uri: string,
    writer: ObjectWriter,
  ): Promise<NpyWriter> {
    const started = new NpyWriter(planned, key, uri, writer);
    try {
      await started.#writer.write(planned.header);
    } catch (error) {
      await started.abort(error);
      throw error;
    }
    return started;
  }

  /** Bytes of elements that are still to come. */
  get bytesLeft(): number {
    return this.#left;
  }

  /**
   * Adds whole elements, as many as there are: in the view for them, or their bytes in little-endian order. The memory may be
   * reused once it resolves. More than the shape has are a `RangeError`.
   */
  async write(elements: NumericArray): Promise<void> {
    try {
      const bytes = this.#checked(elements);
      this.#left -= bytes.length;
      if (bytes.length > 0) await this.#writer.write(bytes);
    } catch (error) {
      await this.abort(error);
      throw error;
    }
  }

  /** Makes the object visible. Fewer elements than the shape has are a `RangeError`, and nothing is written. */
  async close(): Promise<WrittenNpy> {
    const { descr, shape, order, header, dataLength } = this.#planned;
    if (this.#left > 0) {
      const detail = `${dataLength - this.#left} of the ${dataLength} bytes of its shape [${
        shape.join(", ")
      }] came`;
      const error = new RangeError(`Cannot write npy ${JSON.stringify(this.#uri)}: ${detail}`);
      await this.abort(error);
      throw error;
    }
    const stored = await this.#writer.close();
    const { crc32c } = this.#writer;
    return { key: this.key, descr, shape, order, size: header.length + dataLength, crc32c, stored };
  }

  /** Gives up: nothing is left behind. Does nothing after `close` or `abort`. */
  async abort(reason?: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  /** Gives up unless it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  #checked(elements: NumericArray): Uint8Array {
    const { layout: { type, size, settle } } = this.#planned;
    const { buffer, byteOffset, byteLength, constructor } = elements;
    const view = viewOf(type, new ArrayBuffer(0), 0, 0).constructor;
    const refusal = constructor !== view && constructor !== Uint8Array
      ? new TypeError(`${view.name} is needed, or bytes`)
      : byteLength > this.#left
      ? new RangeError(`${byteLength} bytes are more than the ${this.#left} that its shape has room for`)
      : byteLength > 0 && byteLength % size !== 0
      ? new RangeError(`${byteLength} bytes are no whole number of elements of ${size}`)
      : undefined;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const fault = refusal?.message ?? settle?.(bytes);
    if (fault === undefined) return bytes;
    const Kind = refusal instanceof RangeError ? RangeError : TypeError;
    throw new Kind(`Cannot write npy ${JSON.stringify(this.#uri)}: ${fault}`);
  }
}

function undescribed({ dtype }: NpyType, uri: string): Error {
  if (dtype === "struct") {
    return new TypeError(
      `Cannot write npy ${
        JSON.stringify(uri)
      }: its fields lie over one another, or not in the order of their offsets`,
    );
  }
  return new UnsupportedError({
    operation: "write npy",
    uri,
    detail: `npy has no ${dtype}`,
    advice: "write it as safetensors, or its bits as an array of unsigned integers",
  });
}
