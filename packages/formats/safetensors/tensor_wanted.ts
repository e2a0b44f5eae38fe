import { byteLengthOf, elementsOf, layoutOf } from "../array/dtype.ts";
import type { NdArray } from "../array/nd_array.ts";
import type { SourceRange } from "../source/byte_source.ts";
import { type TensorPlace, viewAlignment } from "./tensor_place.ts";

/** What of a tensor is read, and where it goes. */
export interface TensorOptions {
  /** The indices wanted of the first dimension, from `from` up to before `to`; all by default. */
  readonly rows?: { readonly from?: number; readonly to?: number };
  /**
   * Where the bytes go, exactly as many as are wanted, and begin at a multiple of an element's size; fresh memory by
   * default. It is in use until the read settles.
   */
  readonly target?: Uint8Array;
}

/** A tensor that is wanted. */
export interface WantedTensor extends TensorOptions {
  /** Its name. */
  readonly name: string;
}

/** Where the bytes of what is wanted lie, and what they are. */
export interface TensorRange {
  readonly place: TensorPlace;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** Finds the bytes of some rows of a tensor, which are one range. */
export function rangeOf(place: TensorPlace, { rows }: TensorOptions): TensorRange {
  const { dtype, shape, offset, length } = place;
  if (!rows) return { place, shape, offset, length };
  const [count, ...rest] = shape;
  const { from = 0, to = count ?? 0 } = rows;
  const sound = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to;
  if (count === undefined || !sound || to > count) {
    throw new RangeError(`${cannot(place)}: rows ${from} to ${to} are wanted of its ${count ?? "none"}`);
  }
  const row = elementsOf(rest) ?? 0;
  const before = byteLengthOf(dtype, from * row);
  const wanted = byteLengthOf(dtype, (to - from) * row);
  if (before === undefined || wanted === undefined) {
    throw new RangeError(
      `${cannot(place)}: rows ${from} to ${to} of ${dtype} do not begin and end with a byte`,
    );
  }
  return { place, shape: [to - from, ...rest], offset: offset + before, length: wanted };
}

/** The range with its target, which is made where none is given. */
export function withTarget(range: TensorRange, { target }: TensorOptions): Required<SourceRange> {
  const { place, offset, length } = range;
  if (!target) return { offset, length, target: new Uint8Array(length) };
  if (target.length !== length) {
    throw new RangeError(`${cannot(place)}: it takes ${length} bytes, and the target has ${target.length}`);
  }
  if (!fits(place, target)) {
    const unit = viewAlignment(place.dtype);
    throw new RangeError(`${cannot(place)}: the target begins at no multiple of ${unit} bytes`);
  }
  return { offset, length, target };
}

/** Whether the elements of a tensor can be seen in this memory. */
export function fits({ dtype }: TensorPlace, { byteOffset }: Uint8Array): boolean {
  return byteOffset % viewAlignment(dtype) === 0;
}

/** The array that lies in these bytes. */
export function arrayIn({ place: { dtype }, shape }: TensorRange, bytes: Uint8Array): NdArray {
  const data = layoutOf(dtype).view(bytes.buffer, bytes.byteOffset, bytes.length);
  return { dtype, shape, order: "C", data };
}

function cannot({ name }: TensorPlace): string {
  return `Cannot read tensor ${JSON.stringify(name)}`;
}
