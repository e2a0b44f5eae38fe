import { type DType, layoutOf, type NumericArray } from "../array/dtype.ts";
import type { RowValue } from "../table/value_at.ts";
import { shortestFloat } from "../text/shortest_float.ts";

/** Floats of few bits: those of the exponent and of the fraction, and whether the largest exponent has infinities. */
const SMALL_FLOATS: Readonly<Record<string, readonly [exponent: number, fraction: number, ieee: boolean]>> = {
  bfloat16: [8, 7, true],
  float8_e4m3: [4, 3, false],
  float8_e5m2: [5, 2, true],
};

/**
 * The elements of an array as single values: numbers the shortest that they are read from, complex ones as text
 * (`1-2j`). Of what is packed without holes, the bytes.
 */
export function arrayValues(dtype: DType, data: NumericArray): RowValue[] {
  if (dtype === "bool") return Array.from(data as Uint8Array, (value) => value !== 0);
  if (dtype.startsWith("complex")) return complexValues(dtype, data as Float32Array | Float64Array);
  if (layoutOf(dtype).bits < 8) return [data as Uint8Array];
  if (dtype === "float8_e8m0") {
    return Array.from(data as Uint8Array, (bits) => bits === 255 ? NaN : 2 ** (bits - 127));
  }
  const small = SMALL_FLOATS[dtype];
  if (small) return Array.from(data as Uint8Array, (bits) => smallFloat(bits, ...small));
  return Array.from(
    data as Iterable<number | bigint>,
    (value) => typeof value === "number" ? shortestFloat(value, dtype) : value,
  );
}

function complexValues(dtype: DType, data: Float32Array | Float64Array): string[] {
  const kind = dtype === "complex64" ? "float32" : "float64";
  return Array.from({ length: data.length / 2 }, (_, index) => {
    const [re = 0, im = 0] = data.subarray(2 * index).subarray(0, 2);
    const sign = im < 0 || Object.is(im, -0) ? "-" : "+";
    return `${shortestFloat(re, kind)}${sign}${shortestFloat(Math.abs(im), kind)}j`;
  });
}

function smallFloat(bits: number, exponentBits: number, fractionBits: number, ieee: boolean): number {
  const fraction = bits & (2 ** fractionBits - 1);
  const most = 2 ** exponentBits - 1;
  const exponent = (bits >> fractionBits) & most;
  const sign = bits >> (fractionBits + exponentBits) ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === most && (ieee || fraction === 2 ** fractionBits - 1)) {
    return ieee && fraction === 0 ? sign * Infinity : NaN;
  }
  const scaled = exponent === 0
    ? fraction * 2 ** (1 - bias - fractionBits)
    : (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
  return sign * scaled;
}
