import type { SchemaElement } from "hyparquet";
import type { ColumnType, NumericKind, TimeUnit } from "../table/schema.ts";

/** What a stored column is in a table, and why its values cannot be given, where they cannot. */
export interface LeafType {
  /** The type. */
  readonly type: ColumnType;
  /** Why not: `is an INTERVAL`. */
  readonly unsupported?: string;
}

const UNITS: Readonly<Record<string, TimeUnit>> = { MILLIS: "ms", MICROS: "us", NANOS: "ns" };

/** The bytes of a decimal in a table. */
const DECIMAL_DIGITS = 38;

/** The type of a stored column, by its logical type, or by the older converted type where it has none. */
export function leafTypeOf(element: SchemaElement, fail: (detail: string) => Error): LeafType {
  const { type, type_length: size = 0, logical_type: logical, converted_type: converted } = element;
  if (type === "FIXED_LEN_BYTE_ARRAY" && !(size > 0)) throw fail(`has values of ${size} bytes`);
  const meant = logical?.type ?? LOGICAL_OF[converted ?? ""];
  switch (type) {
    case "BOOLEAN":
      return { type: { kind: "bool" } };
    case "FLOAT":
      return { type: { kind: "float32" } };
    case "DOUBLE":
      return { type: { kind: "float64" } };
    case "INT96":
      return { type: { kind: "timestamp", unit: "ns" } };
    case "INT32":
    case "INT64":
      return integerType(element, meant, fail);
    case "BYTE_ARRAY":
    case "FIXED_LEN_BYTE_ARRAY":
      return bytesType(element, meant, fail);
    default:
      throw fail("has no type that Parquet knows");
  }
}

function integerType(
  element: SchemaElement,
  meant: string | undefined,
  fail: (detail: string) => Error,
): LeafType {
  const { type, logical_type: logical, converted_type: converted = "" } = element;
  const wide = type === "INT64";
  switch (meant) {
    case "DECIMAL":
      return decimalType(element, wide ? 18 : 9, fail);
    case "DATE":
      if (!wide) return { type: { kind: "date" } };
      break;
    case "TIME": {
      const unit = logical?.type === "TIME"
        ? UNITS[logical.unit]
        : converted.endsWith("MICROS")
        ? "us"
        : "ms";
      if (unit && wide === (unit !== "ms")) return { type: { kind: "time", unit } };
      break;
    }
    case "TIMESTAMP": {
      const unit = logical?.type === "TIMESTAMP"
        ? UNITS[logical.unit]
        : converted.endsWith("MICROS")
        ? "us"
        : "ms";
      const utc = logical?.type === "TIMESTAMP" ? logical.isAdjustedToUTC : true;
      if (unit && wide) return { type: { kind: "timestamp", unit, ...(utc && { zone: "UTC" }) } };
      break;
    }
    case "INTEGER": {
      const [bits, signed] = logical?.type === "INTEGER"
        ? [logical.bitWidth, logical.isSigned]
        : [Number(converted.split("_")[1]), !converted.startsWith("U")];
      const kind = `${signed ? "" : "u"}int${bits}` as NumericKind;
      if ([8, 16, 32, 64].includes(bits) && wide === (bits === 64)) return { type: { kind } };
      break;
    }
    case undefined:
    case "NULL":
      return { type: { kind: wide ? "int64" : "int32" } };
  }
  throw fail(`is meant as ${meant}, and stored as ${type}`);
}

function bytesType(
  element: SchemaElement,
  meant: string | undefined,
  fail: (detail: string) => Error,
): LeafType {
  const { type, type_length: size = 0 } = element;
  const fixed = type === "FIXED_LEN_BYTE_ARRAY";
  const plain: ColumnType = fixed ? { kind: "fixed-binary", size } : { kind: "binary" };
  switch (meant) {
    case "DECIMAL":
      // The digits that so many bytes can have.
      return decimalType(
        element,
        fixed ? Math.floor((8 * size - 1) * Math.LOG10E * Math.LN2) : Infinity,
        fail,
      );
    case "STRING":
    case "JSON":
    case "ENUM":
      return { type: fixed ? plain : { kind: "string" } };
    case "FLOAT16":
      if (fixed && size === 2) return { type: { kind: "float16" } };
      throw fail(`is a FLOAT16 of ${size} bytes`);
    case "INTERVAL":
      return { type: plain, unsupported: "is an INTERVAL" };
    default:
      return { type: plain };
  }
}

function decimalType(element: SchemaElement, most: number, fail: (detail: string) => Error): LeafType {
  const { logical_type: logical } = element;
  const from = logical?.type === "DECIMAL" ? logical : element;
  const { precision = 0, scale = 0 } = from;
  const sound = Number.isInteger(precision) && precision > 0 && scale >= 0 && scale <= precision;
  if (!sound || precision > most) {
    throw fail(`is a decimal of ${precision} digits, ${scale} of them behind the point`);
  }
  const unsupported = precision > DECIMAL_DIGITS
    ? `is a decimal of ${precision} digits, and ${DECIMAL_DIGITS} are the most`
    : undefined;
  return { type: { kind: "decimal", precision, scale }, ...(unsupported !== undefined && { unsupported }) };
}

const LOGICAL_OF: Readonly<Record<string, string>> = {
  UTF8: "STRING",
  ENUM: "ENUM",
  DECIMAL: "DECIMAL",
  DATE: "DATE",
  TIME_MILLIS: "TIME",
  TIME_MICROS: "TIME",
  TIMESTAMP_MILLIS: "TIMESTAMP",
  TIMESTAMP_MICROS: "TIMESTAMP",
  UINT_8: "INTEGER",
  UINT_16: "INTEGER",
  UINT_32: "INTEGER",
  UINT_64: "INTEGER",
  INT_8: "INTEGER",
  INT_16: "INTEGER",
  INT_32: "INTEGER",
  INT_64: "INTEGER",
  JSON: "JSON",
  BSON: "BSON",
  INTERVAL: "INTERVAL",
};
