import type { NdArray, NumericArray } from "@lade/formats/array";
import { layoutOf } from "@lade/formats/array";
import { arrayValues, cannot, type ElementKind, type Values, viewValues } from "./values.ts";

/** The elements of an array, a list of values that are alike, or one value. What is none of these is a `TypeError`. */
export function valuesOf(name: string, value: unknown): Values {
  if (Array.isArray(value)) return stackValues(name, value);
  if (ArrayBuffer.isView(value)) return viewValues(name, value);
  if (isNdArray(value)) return arrayValues(name, value);
  switch (typeof value) {
    case "number":
      return { kind: "number", shape: [], data: [value] };
    case "bigint":
      return { kind: "bigint", shape: [], data: [value] };
    case "string":
      return { kind: "string", shape: [], data: [value] };
    case "boolean":
      return { kind: "bool", shape: [], data: Uint8Array.of(value ? 1 : 0) };
  }
  throw new TypeError(
    `${cannot(name)}: it is ${told(value)}; make numbers or text of it by transform or collate`,
  );
}

/** Values of one kind and shape, one after the other, copied; their number becomes the first dimension. */
function stackValues(name: string, values: readonly unknown[]): Values {
  if (values.length === 0) {
    throw new TypeError(`${cannot(name)}: it has no values, which would tell its shape`);
  }
  const first = valuesOf(name, values[0]);
  const size = first.data.length;
  const data = room(first.kind, values.length * size);
  values.forEach((value, place) => {
    const one = place === 0 ? first : valuesOf(name, value);
    if (one.kind !== first.kind || `${one.shape}` !== `${first.shape}`) {
      const advice = "make them alike by transform";
      throw new TypeError(
        `${cannot(name)}: sample ${place} is ${nameOf(one)}, the first ${nameOf(first)}; ${advice}`,
      );
    }
    for (let index = 0; index < size; index++) data[place * size + index] = one.data[index] as never;
  });
  return { kind: first.kind, shape: [values.length, ...first.shape], data };
}

/** Whether a value is an array with dtype and shape. */
export function isNdArray(value: unknown): value is NdArray {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value &&
    "data" in value;
}

function room(kind: ElementKind, length: number): NumericArray | number[] | bigint[] | string[] {
  if (kind === "number") return new Float64Array(length);
  if (kind === "bigint" || kind === "string") return new Array(length);
  const { BYTES_PER_ELEMENT } = layoutOf(kind).view(new ArrayBuffer(0), 0, 0);
  return layoutOf(kind).view(new ArrayBuffer(length * BYTES_PER_ELEMENT), 0, length * BYTES_PER_ELEMENT);
}

function nameOf({ kind, shape }: Values): string {
  return shape.length === 0 ? `a ${kind}` : `${kind} of [${shape.join(", ")}]`;
}

function told(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
