import { elementsOf } from "../array/dtype.ts";
import { arrayOver } from "./array_memory.ts";
import { describeType, elementSizeOf } from "./describe_type.ts";
import type { NpyArray, NpyField, NpyType } from "./npy_type.ts";

/**
 * One field of an array of structured elements as an array of its own, copied: of the array's shape, and behind it the
 * field's. A name that there is not is a `TypeError` that names those that are.
 */
export function fieldOf(array: NpyArray, name: string): NpyArray {
  if (array.dtype !== "struct") {
    throw new TypeError(`Cannot take the field ${JSON.stringify(name)} of an array of ${array.dtype}`);
  }
  const field = array.fields.find((each) => each.name === name) ??
    array.fields.find((each) => each.title === name);
  if (!field) {
    const names = array.fields.map((each) => each.name).join(", ");
    throw new TypeError(`Cannot take the field ${JSON.stringify(name)}: there are ${names}`);
  }
  const order = array.shape.length < 2 ? "C" : array.order;
  if (order === "F" && field.shape.length > 0) {
    throw new TypeError(
      `Cannot take the field ${
        JSON.stringify(name)
      }: it has a shape of its own, and the array is in Fortran order`,
    );
  }
  const { type, shape, offset } = field;
  const size = elementSizeOf(type) * (elementsOf(shape) ?? 0);
  const elements = elementsOf(array.shape) ?? 0;
  const from = bytesIn(array);
  const memory = new Uint8Array(elements * size);
  for (let element = 0; element < elements; element++) {
    const start = element * array.length + offset;
    memory.set(from.subarray(start, start + size), element * size);
  }
  return arrayOver(type, memory, [...array.shape, ...shape], order);
}

/**
 * Makes an array of structured elements of arrays that are its fields, one behind the other, as NumPy lays them out by
 * default. All have the same shape, and C order.
 */
export function structArray(fields: Readonly<Record<string, NpyArray>>): NpyArray {
  const arrays = Object.entries(fields);
  const [[, first] = []] = arrays;
  const shape = first?.shape ?? [0];
  const elements = elementsOf(shape) ?? 0;
  const placed: NpyField[] = [];
  let length = 0;
  for (const [name, array] of arrays) {
    const same = array.shape.length === shape.length &&
      array.shape.every((each, index) => each === shape[index]);
    if (!same || (array.order === "F" && shape.length > 1) || !describeType(array)) {
      throw new TypeError(
        `Cannot make a field of ${JSON.stringify(name)}: it is not of one shape with the others, \
in C order, or npy has no ${array.dtype}`,
      );
    }
    placed.push({ name, type: typeOf(array), shape: [], offset: length });
    length += elementSizeOf(array);
  }
  const data = new Uint8Array(elements * length);
  arrays.forEach(([, array], index) => {
    const from = bytesIn(array);
    const size = elementSizeOf(array);
    const offset = placed[index]?.offset ?? 0;
    for (let element = 0; element < elements; element++) {
      data.set(from.subarray(element * size, (element + 1) * size), element * length + offset);
    }
  });
  return { dtype: "struct", length, fields: placed, shape, order: "C", data };
}

function bytesIn({ data: { buffer, byteOffset, byteLength } }: NpyArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function typeOf({ shape: _shape, order: _order, data: _data, ...type }: NpyArray): NpyType {
  return type;
}
