import type { Batch } from "@lade/loader";
import { type Convert, makeTensors } from "./make_tensors.ts";
import { readyTensorFlow, type TensorFlow } from "./tensor_flow.ts";
import type { TensorsOf } from "./tensors_of.ts";

export type { Convert } from "./make_tensors.ts";

/** Options of {@linkcode toTensors}. */
export interface ToTensorsOptions {
  /** TensorFlow.js, with a backend; `@tensorflow/tfjs-core` by default, which is then loaded. */
  readonly tf?: TensorFlow;
  /**
   * What elements become, of all numbers or by field. By default float32, int32 and bool stay as they are, text becomes
   * `string`, shorter integers become int32, and float16, bfloat16 and numbers of JavaScript float32. Other integers and
   * float64 are then a `TypeError`, since values would be lost.
   */
  readonly convert?: Convert;
}

/**
 * Makes tensors of the data of a batch: of an array, or of samples that are alike, one; of a record, or of samples that are
 * records of the same names, one for each name. They are the caller's to dispose of, and stay valid after the batch.
 *
 * Arrays of float32, int32 and bool are not copied, but by the backend `wasm`: a tensor has the memory of the batch, which
 * is kept for it (`batch.keep()`). Samples that lie apart, and what is converted, are copied once, and the batch's memory
 * is left to it. What can become no tensor is a `TypeError` that names the field, before any tensor is made.
 */
export async function toTensors<B>(
  batch: Pick<Batch<B>, "data" | "keep">,
  { tf, convert }: ToTensorsOptions = {},
): Promise<TensorsOf<B>> {
  return makeTensors(await readyTensorFlow(tf), batch, convert) as TensorsOf<B>;
}
