import { type DType, elementsOf } from "../array/dtype.ts";
import type { NpyField, NpyType } from "./npy_type.ts";
import type { Literal } from "./parse_literal.ts";

const CODES: Readonly<Partial<Record<DType, string>>> = {
  bool: "|b1",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  complex64: "<c8",
  complex128: "<c16",
};

/** What NumPy calls elements of a type that lie in little-endian order; `undefined` where it has none such. */
export function describeType(type: NpyType): Literal | undefined {
  switch (type.dtype) {
    case "string":
      return text(`<U${type.length}`);
    case "bytes":
      return text(`|S${type.length}`);
    case "void":
      return text(`|V${type.length}`);
    case "datetime":
    case "timedelta": {
      const { unit, step } = type;
      const told = unit === "generic" ? "" : `[${step === 1 ? "" : step}${unit}]`;
      return text(`<${type.dtype === "datetime" ? "M" : "m"}8${told}`);
    }
    case "struct":
      return describeFields(type.fields, type.length);
    default: {
      const code = CODES[type.dtype];
      return code === undefined ? undefined : text(code);
    }
  }
}

/** Whether NumPy has elements of a dtype, so that npy files do. */
export function isNpyDType(dtype: DType): boolean {
  return CODES[dtype] !== undefined;
}

/** Bytes of an element of a type; `NaN` where NumPy has none such. */
export function elementSizeOf(type: NpyType): number {
  if ("length" in type) return type.dtype === "string" ? 4 * type.length : type.length;
  if ("unit" in type) return 8;
  return Number(CODES[type.dtype]?.slice(2) ?? NaN);
}

function text(value: string): Literal {
  return { kind: "string", value };
}

/** Fields that lie over one another, or not in the order of their places, have no description. */
function describeFields(fields: readonly NpyField[], length: number): Literal | undefined {
  const items: Literal[] = [];
  let at = 0;
  const fillUpTo = (place: number) => {
    if (place > at) items.push({ kind: "tuple", items: [text(""), text(`|V${place - at}`)] });
  };
  for (const { name, title, type, shape, offset } of fields) {
    const descr = describeType(type);
    const size = elementSizeOf(type) * (elementsOf(shape) ?? NaN);
    if (!descr || offset < at || !Number.isSafeInteger(size)) return undefined;
    fillUpTo(offset);
    const lengths = shape.map((value): Literal => ({ kind: "integer", value }));
    const named: Literal = title === undefined
      ? text(name)
      : { kind: "tuple", items: [text(title), text(name)] };
    const parts = [named, descr];
    if (shape.length > 0) parts.push({ kind: "tuple", items: lengths });
    items.push({ kind: "tuple", items: parts });
    at = offset + size;
  }
  fillUpTo(length);
  return at > length ? undefined : { kind: "list", items };
}
