import { type DType, layoutOf } from "../array/dtype.ts";
import { isObject, type Json, printed } from "./read_json.ts";
import type { MetadataReader } from "./read_json.ts";

/** What an element of a Zarr array is. */
export interface ElementType {
  /** In the metadata's words. */
  readonly text: string;
  /** What it is read as; absent where it cannot be. */
  readonly dtype?: DType;
  /** Bytes that it takes; 0 where that differs from one to the next. */
  readonly bytes: number;
  /** Whether its numbers are stored with their largest byte first. */
  readonly isBigEndian: boolean;
}

const V2_TYPES: Readonly<Record<string, DType>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};

const V3_TYPES: Readonly<Record<string, DType>> = {
  bool: "bool",
  int8: "int8",
  int16: "int16",
  int32: "int32",
  int64: "int64",
  uint8: "uint8",
  uint16: "uint16",
  uint32: "uint32",
  uint64: "uint64",
  float16: "float16",
  float32: "float32",
  float64: "float64",
  bfloat16: "bfloat16",
  complex64: "complex64",
  complex128: "complex128",
  complex_float32: "complex64",
  complex_float64: "complex128",
};

const MOMENTS = ["numpy.datetime64", "numpy.timedelta64"];

/** The type that version 2 names as NumPy does: `<f4`. Dates and times are read as their numbers. */
export function v2Type(value: Json | undefined, reader: MetadataReader): ElementType {
  if (Array.isArray(value)) return { text: printed(value), bytes: 0, isBigEndian: false };
  const text = typeof value === "string" ? value : "";
  const [, order, kind = "", size = "", unit] = /^([<>|])([a-zA-Z])(\d*)(\[[^\]]+\])?$/.exec(text) ?? [];
  if (order === undefined) throw reader.fault(`${printed(value)} as dtype, and no type of NumPy's`);
  const isMoment = (kind === "M" || kind === "m") && size === "8";
  const dtype = isMoment ? "int64" : unit === undefined ? V2_TYPES[`${kind}${size}`] : undefined;
  return { text, bytes: dtype ? bytesOf(dtype) : 0, isBigEndian: order === ">", ...(dtype && { dtype }) };
}

/** The type that version 3 names: `float32`, or an object with a name of its own. */
export function v3Type(value: Json | undefined, reader: MetadataReader): ElementType {
  const name = isObject(value) ? value["name"] : value;
  if (typeof name !== "string") throw reader.fault(`${printed(value)} as data_type, and no name`);
  const dtype = MOMENTS.includes(name) ? "int64" : Object.hasOwn(V3_TYPES, name) ? V3_TYPES[name] : undefined;
  const text = isObject(value) && isObject(value["configuration"])
    ? `${name} ${printed(value["configuration"])}`
    : name;
  return { text, bytes: dtype ? bytesOf(dtype) : 0, isBigEndian: false, ...(dtype && { dtype }) };
}

/** Bytes of the numbers that an element is made of: two of them, where it is complex. */
export function wordOf({ dtype, bytes }: ElementType): 1 | 2 | 4 | 8 {
  return (dtype?.startsWith("complex") ? bytes / 2 : bytes) as 1 | 2 | 4 | 8;
}

function bytesOf(dtype: DType): number {
  return layoutOf(dtype).bits / 8;
}
