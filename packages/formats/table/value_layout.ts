import type { NumericArray } from "../array/dtype.ts";
import type { ColumnType } from "./schema.ts";

/** Makes the array that has a column's values. */
export interface ValuesConstructor {
  /** Bytes of one value. */
  readonly BYTES_PER_ELEMENT: number;
  /** Makes fresh memory. */
  new (length: number): NumericArray;
  /** Makes a view. */
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): NumericArray;
}

/** How the values of a type lie in {@linkcode Column.values}, where each row takes the same room. */
export interface ValueLayout {
  /** Makes the array. */
  readonly Values: ValuesConstructor;
  /** Elements for each row. */
  readonly width: number;
}

const LAYOUTS = {
  bool: { Values: Uint8Array, width: 1 },
  int8: { Values: Int8Array, width: 1 },
  int16: { Values: Int16Array, width: 1 },
  int32: { Values: Int32Array, width: 1 },
  int64: { Values: BigInt64Array, width: 1 },
  uint8: { Values: Uint8Array, width: 1 },
  uint16: { Values: Uint16Array, width: 1 },
  uint32: { Values: Uint32Array, width: 1 },
  uint64: { Values: BigUint64Array, width: 1 },
  float16: { Values: Float16Array, width: 1 },
  float32: { Values: Float32Array, width: 1 },
  float64: { Values: Float64Array, width: 1 },
  date: { Values: Int32Array, width: 1 },
  time: { Values: BigInt64Array, width: 1 },
  timestamp: { Values: BigInt64Array, width: 1 },
  duration: { Values: BigInt64Array, width: 1 },
  decimal: { Values: Uint8Array, width: 16 },
} as const satisfies Record<string, ValueLayout>;

/** How the values of a type lie in memory; `undefined` for string, binary, list and struct. */
export function valueLayoutOf(type: ColumnType): ValueLayout | undefined {
  if (type.kind === "fixed-binary") return { Values: Uint8Array, width: type.size };
  return Object.hasOwn(LAYOUTS, type.kind) ? LAYOUTS[type.kind as keyof typeof LAYOUTS] : undefined;
}
