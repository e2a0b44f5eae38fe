import { layoutOf, type NumericArray } from "../array/dtype.ts";
import type { TensorPlace, TensorSpec } from "./tensor_place.ts";

/**
 * The bytes of a tensor, little-endian and in C order: an array of its elements, bytes, or a function that gives them or
 * yields them in pieces. It is called once, when the tensor's turn has come; a piece may be reused once the next is asked for.
 */
export type TensorData =
  | NumericArray
  | (() =>
    | NumericArray
    | Promise<NumericArray>
    | Iterable<Uint8Array>
    | AsyncIterable<Uint8Array>);

/** A tensor to be written. A named `NdArray` is one. */
export interface TensorToWrite extends TensorSpec {
  /** Its bytes. */
  readonly data: TensorData;
  /** Which index changes fastest: the last one, which is all that the format has. */
  readonly order?: "C" | "F";
}

/** A piece of a file. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Whether the memory stays as it is until the file is written. */
  readonly lasts: boolean;
}

/** Throws a `TypeError` or `RangeError` where a tensor's data are not what its dtype and shape say. */
export function checkData({ name, dtype, order = "C", data }: TensorToWrite, length: number): void {
  const cannot = `Cannot write tensor ${JSON.stringify(name)}`;
  if (order !== "C") throw new TypeError(`${cannot}: the format has C order only`);
  if (typeof data === "function") return;
  if (!ArrayBuffer.isView(data)) {
    throw new TypeError(`${cannot}: its data are neither an array nor a function`);
  }
  const due = layoutOf(dtype).view(new ArrayBuffer(0), 0, 0).constructor;
  if (!(data instanceof Uint8Array) && data.constructor !== due) {
    throw new TypeError(`${cannot}: ${dtype} is given as a ${data.constructor.name}, not as a ${due.name}`);
  }
  if (data.byteLength !== length) {
    throw new RangeError(`${cannot}: its data have ${data.byteLength} bytes, its shape takes ${length}`);
  }
}

/** The bytes of an array, in place. */
export function bytesOfArray({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Yields the pieces of a tensor; more or fewer bytes than it has are a `RangeError`. */
export async function* piecesOf(
  { name, length }: TensorPlace,
  data: TensorData,
): AsyncGenerator<Piece, void, void> {
  const given = typeof data === "function" ? await data() : data;
  if (ArrayBuffer.isView(given)) {
    checkLength(name, given.byteLength, length);
    // What a function gives may be its scratch memory.
    yield { bytes: bytesOfArray(given), lasts: given === data };
    return;
  }
  const cannot = `Cannot write tensor ${JSON.stringify(name)}`;
  if (
    typeof given !== "object" || given === null ||
    !(Symbol.asyncIterator in given || Symbol.iterator in given)
  ) {
    throw new TypeError(`${cannot}: its function gave neither an array nor what yields bytes`);
  }
  let count = 0;
  for await (const bytes of given) {
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(`${cannot}: its function yielded what is no Uint8Array`);
    }
    count += bytes.length;
    if (count > length) checkLength(name, count, length);
    yield { bytes, lasts: false };
  }
  checkLength(name, count, length);
}

function checkLength(name: string, count: number, length: number): void {
  if (count === length) return;
  const given = count > length ? "more" : `${count}`;
  throw new RangeError(
    `Cannot write tensor ${JSON.stringify(name)}: ${given} bytes came, its shape takes ${length}`,
  );
}
