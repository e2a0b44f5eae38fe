/** What an element of an array is, by the names that safetensors', NumPy's and Zarr's own all translate to. */
export type DType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128"
  | "float8_e4m3"
  | "float8_e5m2"
  | "float8_e8m0"
  | "float8_e4m3fnuz"
  | "float8_e5m2fnuz"
  | "float6_e2m3"
  | "float6_e3m2"
  | "float4_e2m1";

/** The arrays that hold elements. What the platform has no type for (bfloat16, float8) lies in one of its bits. */
export type NumericArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** How elements of a dtype lie in memory. */
export interface DTypeLayout {
  /** Bits of an element: 4 and 6 are packed without holes. */
  readonly bits: number;
  /** Makes a view of memory: two numbers for each element of a complex dtype, bytes for what is packed. */
  readonly view: (buffer: ArrayBufferLike, byteOffset: number, byteLength: number) => NumericArray;
}

type ViewConstructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumericArray;
};

const layout = (bits: number, View: ViewConstructor): DTypeLayout => ({
  bits,
  view: (buffer, byteOffset, byteLength) => new View(buffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT),
});

const LAYOUTS: Readonly<Record<DType, DTypeLayout>> = {
  bool: layout(8, Uint8Array),
  int8: layout(8, Int8Array),
  int16: layout(16, Int16Array),
  int32: layout(32, Int32Array),
  int64: layout(64, BigInt64Array),
  uint8: layout(8, Uint8Array),
  uint16: layout(16, Uint16Array),
  uint32: layout(32, Uint32Array),
  uint64: layout(64, BigUint64Array),
  float16: layout(16, Float16Array),
  bfloat16: layout(16, Uint16Array),
  float32: layout(32, Float32Array),
  float64: layout(64, Float64Array),
  complex64: layout(64, Float32Array),
  complex128: layout(128, Float64Array),
  float8_e4m3: layout(8, Uint8Array),
  float8_e5m2: layout(8, Uint8Array),
  float8_e8m0: layout(8, Uint8Array),
  float8_e4m3fnuz: layout(8, Uint8Array),
  float8_e5m2fnuz: layout(8, Uint8Array),
  float6_e2m3: layout(6, Uint8Array),
  float6_e3m2: layout(6, Uint8Array),
  float4_e2m1: layout(4, Uint8Array),
};

/** How elements of a dtype lie in memory. */
export function layoutOf(dtype: DType): DTypeLayout {
  return LAYOUTS[dtype];
}

/** The names of all dtypes. */
export const DTYPE_NAMES: readonly DType[] = Object.keys(LAYOUTS) as DType[];

/** Whether a name is one of a {@linkcode DType}. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(LAYOUTS, name);
}

/** Bytes of `elements` elements; `undefined` where that is no whole number of them, or more than any object has. */
export function byteLengthOf(dtype: DType, elements: number): number | undefined {
  const bits = elements * layoutOf(dtype).bits;
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined;
}

/** The elements of a shape: 1 for the empty one. `undefined` where they are more than any object has, or no whole number. */
export function elementsOf(shape: readonly number[]): number | undefined {
  let elements = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return undefined;
    elements *= length;
  }
  return Number.isSafeInteger(elements) ? elements : undefined;
}
