import type { NumericArray } from "../array/dtype.ts";
import { isText } from "../table/check_text.ts";
import type { PageValues, TextValues } from "./leaf_sink.ts";
import { findLongDecimal } from "../table/decimal.ts";
import { decimalsOf } from "./decimals.ts";
import type { LeafNode } from "./schema_tree.ts";

/** What a column of a table has of values. */
export interface ColumnValues {
  /** The values. */
  readonly values: NumericArray;
  /** Where each begins and the last ends, where they differ in length. */
  readonly offsets?: Int32Array;
}

const HALF_DAY = 2440588n;
const DAY_NS = 86_400_000_000_000n;

/** Stored values as a table has them: views of the same memory where they lie so already. */
export function valuesOf(
  { element, field }: LeafNode,
  stored: PageValues,
  fail: (detail: string) => Error,
): ColumnValues {
  const { type } = field;
  if (type.kind === "decimal") {
    const values = decimalsOf(stored, element, fail);
    // A place without a value is of zeros.
    if (findLongDecimal(values, type.precision, () => true) < 0) return { values };
    throw fail(`has a decimal of more than ${type.precision} digits`);
  }
  if ("offsets" in stored) {
    const texts = stored as TextValues;
    if (type.kind === "string" && !isText(texts.bytes, texts.offsets)) {
      throw fail("has text that is no UTF-8");
    }
    return { values: texts.bytes, offsets: texts.offsets };
  }
  const { bytes } = stored;
  switch (type.kind) {
    case "int8":
    case "int16":
    case "uint8":
    case "uint16":
      return { values: narrowed(new Int32Array(bytes.buffer), type.kind, fail) };
    case "int32":
    case "date":
      return { values: new Int32Array(bytes.buffer) };
    case "uint32":
      return { values: new Uint32Array(bytes.buffer) };
    case "uint64":
      return { values: new BigUint64Array(bytes.buffer) };
    case "int64":
      return { values: new BigInt64Array(bytes.buffer) };
    case "time":
      return {
        values: element.type === "INT32"
          ? BigInt64Array.from(new Int32Array(bytes.buffer), BigInt)
          : new BigInt64Array(bytes.buffer),
      };
    case "timestamp":
      return { values: element.type === "INT96" ? momentsOf(bytes, fail) : new BigInt64Array(bytes.buffer) };
    case "float16":
      return { values: new Float16Array(bytes.buffer) };
    case "float32":
      return { values: new Float32Array(bytes.buffer) };
    case "float64":
      return { values: new Float64Array(bytes.buffer) };
    default:
      return { values: bytes };
  }
}

function narrowed(
  wide: Int32Array,
  kind: "int8" | "int16" | "uint8" | "uint16",
  fail: (detail: string) => Error,
): NumericArray {
  const Values = { int8: Int8Array, int16: Int16Array, uint8: Uint8Array, uint16: Uint16Array }[kind];
  const values = new Values(wide.length);
  for (let row = 0; row < wide.length; row++) {
    values[row] = wide[row] ?? 0;
    if (values[row] !== wide[row]) throw fail(`has ${wide[row]}, which is no ${kind}`);
  }
  return values;
}

/** Moments of INT96: nanoseconds of the day, and the day by Julian reckoning. */
function momentsOf(bytes: Uint8Array, fail: (detail: string) => Error): BigInt64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const moments = new BigInt64Array(bytes.length / 12);
  for (let row = 0; row < moments.length; row++) {
    const [time, day] = [view.getBigInt64(row * 12, true), view.getUint32(row * 12 + 8, true)];
    // A place without a value is of zeros.
    if (day === 0 && time === 0n) continue;
    const moment = (BigInt(day) - HALF_DAY) * DAY_NS + time;
    moments[row] = moment;
    if (moments[row] !== moment) throw fail("has a moment that 64 bits of nanoseconds do not reach");
  }
  return moments;
}
