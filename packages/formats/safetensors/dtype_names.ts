import type { DType } from "../array/dtype.ts";

/** The format's names of what elements are, in the format's order: that of their alignment. */
const NAMES: readonly (readonly [name: string, dtype: DType])[] = [
  ["BOOL", "bool"],
  ["F4", "float4_e2m1"],
  ["F6_E2M3", "float6_e2m3"],
  ["F6_E3M2", "float6_e3m2"],
  ["U8", "uint8"],
  ["I8", "int8"],
  ["F8_E5M2", "float8_e5m2"],
  ["F8_E4M3", "float8_e4m3"],
  ["F8_E8M0", "float8_e8m0"],
  ["F8_E4M3FNUZ", "float8_e4m3fnuz"],
  ["F8_E5M2FNUZ", "float8_e5m2fnuz"],
  ["I16", "int16"],
  ["U16", "uint16"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["I32", "int32"],
  ["U32", "uint32"],
  ["F32", "float32"],
  ["C64", "complex64"],
  ["F64", "float64"],
  ["I64", "int64"],
  ["U64", "uint64"],
];

const DTYPES: ReadonlyMap<string, DType> = new Map(NAMES);
const ROWS: ReadonlyMap<DType, { readonly name: string; readonly rank: number }> = new Map(
  NAMES.map(([name, dtype], rank) => [dtype, { name, rank }]),
);

/** What a name of the format means: `F32` is `float32`. */
export function dtypeOfName(name: string): DType | undefined {
  return DTYPES.get(name);
}

/** The format's name of a dtype, and its place in the format's order; `undefined` where it has none. */
export function rowOfDType(dtype: DType): { readonly name: string; readonly rank: number } | undefined {
  return ROWS.get(dtype);
}

/** Whether the format has a dtype. */
export function isSafetensorsDType(dtype: DType): boolean {
  return ROWS.has(dtype);
}
