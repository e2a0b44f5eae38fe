import type { ColumnType, TimeUnit } from "./schema.ts";
import { parseDate, parseTime, parseTimestamp, UNITS_PER_SECOND } from "./date_text.ts";
import { parseDecimal } from "./decimal.ts";

type Bounds = readonly [least: number, most: number];

const BOUNDS: Readonly<Record<string, Bounds>> = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
};

/** What a float has to stay below, not to become infinite when it is rounded. */
const FLOAT_BOUNDS: Readonly<Record<string, number>> = {
  float16: 65520,
  float32: 2 ** 128 - 2 ** 103,
  float64: Infinity,
};

/** The least that a type of floats cannot hold, but as infinite. */
export function floatBoundOf({ kind }: ColumnType): number {
  return FLOAT_BOUNDS[kind] ?? 0;
}

/** The least and the most that a type of whole numbers of up to 32 bits holds; `undefined` for another one. */
export function boundsOf({ kind }: ColumnType): Bounds | undefined {
  return Object.hasOwn(BOUNDS, kind) ? BOUNDS[kind] : undefined;
}

/**
 * The number that a column has for a value of JavaScript; a decimal's whole number. `undefined` where the type cannot hold
 * it, or is text, bytes, a list or a struct.
 */
export function storedValue(type: ColumnType, value: unknown): number | bigint | undefined {
  switch (type.kind) {
    case "bool":
      return typeof value === "boolean" ? Number(value) : undefined;
    case "float16":
    case "float32":
    case "float64":
      return float(numberOf(value), floatBoundOf(type));
    case "int64":
      return wide(value, BigInt.asIntN);
    case "uint64":
      return wide(value, BigInt.asUintN);
    case "date":
      return typeof value === "string"
        ? parseDate(value)
        : value instanceof Date
        ? dayOf(value)
        : within(value, [-(2 ** 31), 2 ** 31 - 1]);
    case "time":
      return typeof value === "string" ? parseTime(value, type.unit) : wide(value, BigInt.asIntN);
    case "timestamp":
      return momentOf(value, type.unit, type.zone !== undefined);
    case "duration":
      return wide(value, BigInt.asIntN);
    case "decimal":
      return typeof value === "string" || typeof value === "bigint"
        ? parseDecimal(String(value), type.precision, type.scale)
        : undefined;
    default: {
      const bounds = boundsOf(type);
      return bounds && within(value, bounds);
    }
  }
}

function within(value: unknown, [least, most]: Bounds): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined;
}

function float(value: number | undefined, bound: number): number | undefined {
  return value !== undefined && Number.isFinite(value) && Math.abs(value) >= bound ? undefined : value;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint") return undefined;
  const number = Number(value);
  return BigInt(number) === value ? number : undefined;
}

function wide(value: unknown, cut: (bits: number, value: bigint) => bigint): bigint | undefined {
  if (typeof value === "number" && !Number.isSafeInteger(value)) return undefined;
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const whole = BigInt(value);
  return cut(64, whole) === whole ? whole : undefined;
}

function dayOf(date: Date): number | undefined {
  const day = date.getTime() / 86400e3;
  return Number.isInteger(day) ? day : undefined;
}

function momentOf(value: unknown, unit: TimeUnit, zoned: boolean): bigint | undefined {
  if (typeof value === "string") {
    const parsed = parseTimestamp(value, unit);
    return parsed?.zoned === zoned ? parsed.count : undefined;
  }
  if (!(value instanceof Date)) return wide(value, BigInt.asIntN);
  const ms = value.getTime();
  if (Number.isNaN(ms) || (unit === "s" && ms % 1000 !== 0)) return undefined;
  if (unit === "s") return BigInt(ms / 1000);
  return wide(BigInt(ms) * BigInt(UNITS_PER_SECOND[unit] / 1000), BigInt.asIntN);
}
