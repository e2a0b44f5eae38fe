import { elementsOf } from "../array/dtype.ts";
import type { NpyArray } from "./npy_type.ts";

/** The texts of an array of `string`s, without the zeros at their ends. Another array is a `TypeError`. */
export function textsOf(array: NpyArray): string[] {
  const { data, elements, length } = partsOf(array, "string");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: elements }, (_, element) => {
    let end = length;
    const codeAt = (index: number) => view.getUint32(4 * (element * length + index), true);
    while (end > 0 && codeAt(end - 1) === 0) end--;
    let text = "";
    for (let index = 0; index < end; index++) {
      const code = codeAt(index);
      if (code > 0x10ffff) throw new RangeError(`Cannot read the text ${element}: ${code} is no character`);
      text += String.fromCodePoint(code);
    }
    return text;
  });
}

/** The values of an array of `bytes`, without the zeros at their ends, as views. Another array is a `TypeError`. */
export function bytesOf(array: NpyArray): Uint8Array[] {
  const { data, elements, length } = partsOf(array, "bytes");
  return Array.from({ length: elements }, (_, element) => {
    let end = (element + 1) * length;
    while (end > element * length && data[end - 1] === 0) end--;
    return data.subarray(element * length, end);
  });
}

/** Makes an array of texts, in C order; of one dimension where no shape is given. */
export function stringArray(texts: readonly string[], shape: readonly number[] = [texts.length]): NpyArray {
  checkShape(texts.length, shape);
  const codes = texts.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const length = codes.reduce((most, each) => Math.max(most, each.length), 1);
  const data = new Uint8Array(4 * length * texts.length);
  const view = new DataView(data.buffer);
  codes.forEach((each, element) => {
    each.forEach((code, index) => view.setUint32(4 * (element * length + index), code, true));
  });
  return { dtype: "string", length, shape, order: "C", data };
}

/** Makes an array of byte strings, in C order; of one dimension where no shape is given. NumPy drops zeros at their ends. */
export function bytesArray(
  values: readonly Uint8Array[],
  shape: readonly number[] = [values.length],
): NpyArray {
  checkShape(values.length, shape);
  const length = values.reduce((most, each) => Math.max(most, each.length), 1);
  const data = new Uint8Array(length * values.length);
  values.forEach((each, element) => data.set(each, element * length));
  return { dtype: "bytes", length, shape, order: "C", data };
}

function partsOf(array: NpyArray, dtype: "string" | "bytes") {
  if (array.dtype !== dtype) {
    throw new TypeError(`Cannot take ${dtype} of an array of ${array.dtype}`);
  }
  const { length, data: { buffer, byteOffset, byteLength } } = array;
  return {
    data: new Uint8Array(buffer, byteOffset, byteLength),
    length,
    elements: elementsOf(array.shape) ?? 0,
  };
}

function checkShape(values: number, shape: readonly number[]): void {
  if (elementsOf(shape) === values) return;
  throw new RangeError(`Cannot make an array of shape [${shape.join(", ")}] of ${values} values`);
}
