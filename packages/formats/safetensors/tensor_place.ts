import { byteLengthOf, type DType, elementsOf, layoutOf } from "../array/dtype.ts";

/** A tensor's name and what its elements are. Elements lie in C order, the last index changing fastest. */
export interface TensorSpec {
  /** Its name. */
  readonly name: string;
  /** What an element is. */
  readonly dtype: DType;
  /** The length of each dimension; empty for a single value. */
  readonly shape: readonly number[];
}

/** A tensor, and where its bytes lie. */
export interface TensorPlace extends TensorSpec {
  /** Its first byte, from the start of the object. */
  readonly offset: number;
  /** Its bytes. */
  readonly length: number;
}

/** Bytes of a tensor; `undefined` where that is no whole number of them, or more than any object has. */
export function tensorLength({ dtype, shape }: Omit<TensorSpec, "name">): number | undefined {
  const elements = elementsOf(shape);
  return elements === undefined ? undefined : byteLengthOf(dtype, elements);
}

/** Bytes that the address of a tensor's view has to be a multiple of. */
export function viewAlignment(dtype: DType): number {
  return layoutOf(dtype).view(new ArrayBuffer(0), 0, 0).BYTES_PER_ELEMENT;
}
