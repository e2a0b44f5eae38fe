import type { NumericArray } from "@lade/formats/array";
import { cannot, type ElementKind, type Values } from "./values.ts";

/** What elements become: the nearest of 32 bits, or whole numbers, where another value is a `RangeError`. */
export type Conversion = "float32" | "int32";

/** Elements as TensorFlow.js has them. */
export interface TensorValues {
  readonly dtype: "float32" | "int32" | "bool" | "string";
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | readonly string[];
}

/** What becomes of elements unasked: what TensorFlow.js has stays as it is, what is exact in 32 bits becomes that. */
const UNASKED: Partial<Readonly<Record<ElementKind, "float32" | "int32" | "bool">>> = {
  float32: "float32",
  int32: "int32",
  bool: "bool",
  int8: "int32",
  int16: "int32",
  uint8: "int32",
  uint16: "int32",
  float16: "float32",
  bfloat16: "float32",
  // As in TensorFlow.js itself.
  number: "float32",
};

/**
 * Elements of a kind that TensorFlow.js has: where they lie if they are of one already, else converted, in memory of their
 * own. What would lose values is done only where `conversion` says so; else it is a `TypeError`.
 */
export function convertValues(name: string, values: Values, conversion?: Conversion): TensorValues {
  const { kind, shape, data } = values;
  if (kind === "string") {
    if (conversion) throw new TypeError(`${cannot(name)}: text becomes no ${conversion}`);
    return { dtype: kind, shape, data: data as readonly string[] };
  }
  const dtype = conversion ?? UNASKED[kind];
  if (dtype === undefined) {
    const one = name === "" ? `"int32"` : `{ ${JSON.stringify(name)}: "int32" }`;
    const advice = `say convert: ${one} or "float32", or make another by transform`;
    throw new TypeError(`${cannot(name)}: TensorFlow.js has no ${kind}; ${advice}`);
  }
  if (dtype === kind) return { dtype, shape, data: data as Float32Array | Int32Array | Uint8Array };
  return { dtype, shape, data: dtype === "float32" ? toFloats(kind, data) : toWhole(name, kind, data) };
}

function toFloats(kind: ElementKind, data: Values["data"]): Float32Array {
  if (kind === "bfloat16") {
    const bits = new Uint32Array(data.length);
    for (let index = 0; index < bits.length; index++) bits[index] = (data[index] as number) << 16;
    return new Float32Array(bits.buffer);
  }
  if (hasBigInts(kind)) {
    const floats = new Float32Array(data.length);
    for (let index = 0; index < floats.length; index++) floats[index] = Number(data[index]);
    return floats;
  }
  return new Float32Array(data as Exclude<NumericArray, BigInt64Array | BigUint64Array>);
}

function toWhole(name: string, kind: ElementKind, data: Values["data"]): Int32Array {
  const source = kind === "bfloat16" ? toFloats(kind, data) : data;
  const whole = new Int32Array(source.length);
  for (let index = 0; index < whole.length; index++) {
    const value = Number(source[index]);
    if ((value | 0) !== value) {
      throw new RangeError(
        `${cannot(name)}: ${source[index]} is no whole number of 32 bits, which int32 takes`,
      );
    }
    whole[index] = value;
  }
  return whole;
}

function hasBigInts(kind: ElementKind): boolean {
  return kind === "int64" || kind === "uint64" || kind === "bigint";
}
