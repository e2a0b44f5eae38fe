import { type DType, layoutOf, type NumericArray } from "../array/dtype.ts";
import { type Json, type MetadataReader, printed } from "./read_json.ts";

const FLOATS: Readonly<Record<string, number>> = { NaN: NaN, Infinity, "-Infinity": -Infinity };

/** The bytes of what stands where no chunk is stored; zeros for `null`, as NumPy makes them. */
export function fillBytes(value: Json | undefined, dtype: DType, reader: MetadataReader): Uint8Array {
  const bytes = new Uint8Array(layoutOf(dtype).bits / 8);
  if (value === null || value === undefined) return bytes;
  const view = layoutOf(dtype).view(bytes.buffer, 0, bytes.length);
  const parts = dtype.startsWith("complex") && Array.isArray(value) ? value : [value];
  if (parts.length > view.length) throw reader.fault(`${printed(value)} as fill_value of ${dtype}`);
  parts.forEach((part, index) => {
    if (!put(view, index, part, dtype)) throw reader.fault(`${printed(value)} as fill_value of ${dtype}`);
  });
  return bytes;
}

function put(view: NumericArray, index: number, value: Json, dtype: DType): boolean {
  if (typeof value === "string" && /^0x[0-9a-fA-F]+$/.test(value)) return putBits(view, index, BigInt(value));
  if (dtype === "bfloat16") return putBfloat(view, index, value);
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) {
    if (value === "NaT") value = -(2n ** 63n);
    if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) return false;
    view[index] = BigInt(value);
    return view[index] === BigInt(value);
  }
  if (typeof value === "boolean") value = dtype === "bool" ? Number(value) : NaN;
  const isFloat = dtype.startsWith("float") || dtype.startsWith("complex");
  const float = typeof value === "string" && isFloat && Object.hasOwn(FLOATS, value) ? FLOATS[value] : value;
  const number = typeof float === "bigint" && isFloat ? Number(float) : float;
  if (typeof number !== "number") return false;
  view[index] = number;
  // What a whole number's type cannot hold is another number there.
  return isFloat || view[index] === number;
}

function putBits(view: NumericArray, index: number, bits: bigint): boolean {
  const size = view.BYTES_PER_ELEMENT;
  if (bits >= 2n ** BigInt(size * 8)) return false;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + index * size, size);
  for (let at = 0; at < size; at++) bytes[at] = Number((bits >> BigInt(at * 8)) & 255n);
  return true;
}

/** The upper half of a float32, rounded to the nearest as the lower half asks. */
function putBfloat(view: NumericArray, index: number, value: Json): boolean {
  const number = typeof value === "string" ? FLOATS[value] : value;
  if (typeof number !== "number") return false;
  const bits = new Uint32Array(Float32Array.of(number).buffer)[0] ?? 0;
  view[index] = Number.isNaN(number) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  return true;
}
