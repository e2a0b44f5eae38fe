import type { Batch } from "@lade/loader";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type Conversion, convertValues, type TensorValues } from "../values/convert_values.ts";
import { type Fields, fieldsOf } from "../values/fields_of.ts";
import type { TensorFlow } from "./tensor_flow.ts";

/** A backend that copies what a tensor is made of at once; others hold it, for good or until it is first used. */
const COPYING = "wasm";

/** What becomes of elements: of all numbers, or by field. */
export type Convert = Conversion | Readonly<Record<string, Conversion>>;

/**
 * Makes the tensors of a batch. Nothing is made, and the batch stays as it is, where any of them cannot be. Where a tensor
 * has the memory of the batch, that is kept.
 */
export function makeTensors(
  tf: TensorFlow,
  batch: Pick<Batch<unknown>, "data" | "keep">,
  convert: Convert | undefined,
): Tensor | Readonly<Record<string, Tensor>> {
  const fields = fieldsOf(batch.data);
  checkNames(fields, convert);
  let isShared = false;
  const wanted = Array.from(fields.values, ([name, values]): [string, TensorValues] => {
    const all = typeof convert === "string" && values.kind !== "string" ? convert : undefined;
    const conversion = typeof convert === "object" ? convert[name] : all;
    const converted = convertValues(name, values, conversion);
    isShared ||= converted.data === values.data;
    return [name, converted];
  });
  if (isShared && tf.getBackend() !== COPYING) batch.keep();
  const made: [string, Tensor][] = [];
  try {
    for (const [name, { data, shape, dtype }] of wanted) {
      made.push([name, tf.tensor(data as Float32Array, [...shape], dtype)]);
    }
  } catch (error) {
    for (const [, tensor] of made) tensor.dispose();
    throw error;
  }
  const [first] = made;
  return !fields.isRecord && first ? first[1] : Object.fromEntries(made);
}

function checkNames({ isRecord, values }: Fields, convert: Convert | undefined): void {
  if (typeof convert !== "object") return;
  const odd = Object.keys(convert).find((name) => !isRecord || !values.has(name));
  if (odd === undefined) return;
  const known = isRecord ? [...values.keys()].map((name) => JSON.stringify(name)).join(", ") : "none";
  throw new TypeError(`Cannot convert ${JSON.stringify(odd)}: the fields of the batch are ${known}`);
}
