import type { NdArray, NumericArray } from "@lade/formats/array";
import type { Tensor } from "@tensorflow/tfjs-core";

/** What makes one tensor: an array, or values of one kind. */
export type TensorSource =
  | NdArray
  | NumericArray
  | Uint8ClampedArray
  | number
  | bigint
  | boolean
  | string
  | readonly TensorSource[];

/**
 * What becomes of the data of a batch: a tensor of an array, or of samples that are alike; of a record, or of samples that
 * are records, a tensor for each name.
 */
export type TensorsOf<B> = unknown extends B ? Tensor | Readonly<Record<string, Tensor>>
  : B extends TensorSource ? Tensor
  : B extends readonly (infer U)[] ? unknown extends U ? Tensor | Readonly<Record<string, Tensor>>
    : { readonly [K in keyof U]: Tensor }
  : { readonly [K in keyof B]: Tensor };
