import { type DType, elementsOf, type NdArray, type NumericArray } from "@lade/formats/array";

/** What elements are: a dtype of arrays, or a kind of values of JavaScript that have no dtype of their own. */
export type ElementKind = DType | "number" | "bigint" | "string";

/** Elements with a shape, in C order. */
export interface Values {
  readonly kind: ElementKind;
  readonly shape: readonly number[];
  readonly data: NumericArray | readonly number[] | readonly bigint[] | readonly string[];
}

/** Dtypes whose elements can become those of a tensor. */
const KNOWN: ReadonlySet<string> = new Set<DType>([
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
]);

/** The elements of an array, where they lie. Where they are not there, or can become no tensor, it is a `TypeError`. */
export function arrayValues(name: string, { dtype, shape, order, data }: NdArray): Values {
  if (!KNOWN.has(dtype)) {
    throw new TypeError(`${cannot(name)}: TensorFlow.js has nothing like ${dtype}; decode it by transform`);
  }
  if (order === "F" && shape.length > 1) {
    throw new TypeError(`${cannot(name)}: it lies in Fortran order; make it one of C order by transform`);
  }
  checkPresent(name, data);
  if (elementsOf(shape) !== data.length) {
    throw new TypeError(
      `${cannot(name)}: its shape is [${shape.join(", ")}], and ${data.length} elements are there`,
    );
  }
  return { kind: dtype, shape, data };
}

/** The elements of an array without a dtype, which its class tells. */
export function viewValues(name: string, view: ArrayBufferView): Values {
  const kind = KINDS.get(view.constructor);
  if (!kind) throw new TypeError(`${cannot(name)}: a ${view.constructor.name} has no elements of one kind`);
  checkPresent(name, view);
  const data = view as NumericArray;
  return { kind, shape: [data.length], data };
}

/** How messages begin; the data of a batch that is no record have no name. */
export function cannot(name: string): string {
  return `Cannot make a tensor of ${name === "" ? "the batch" : JSON.stringify(name)}`;
}

const KINDS: ReadonlyMap<unknown, DType> = new Map<unknown, DType>([
  [Uint8Array, "uint8"],
  [Uint8ClampedArray, "uint8"],
  [Int8Array, "int8"],
  [Uint16Array, "uint16"],
  [Int16Array, "int16"],
  [Uint32Array, "uint32"],
  [Int32Array, "int32"],
  [BigUint64Array, "uint64"],
  [BigInt64Array, "int64"],
  [Float16Array, "float16"],
  [Float32Array, "float32"],
  [Float64Array, "float64"],
]);

function checkPresent(name: string, { buffer }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer && buffer.detached)) return;
  const advice = "use a batch before the next one is asked for, or keep() it";
  throw new TypeError(`${cannot(name)}: its memory was given back; ${advice}`);
}
