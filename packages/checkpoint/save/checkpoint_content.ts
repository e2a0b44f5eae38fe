import type { DType } from "@lade/formats/array";
import type { TensorData } from "@lade/formats/safetensors";
import type { JsonValue } from "../json/canonical_json.ts";

/** What a rank has of a tensor. */
export interface TensorPiece {
  /** The tensor's name, the same on all ranks. */
  readonly name: string;
  /** What an element is. */
  readonly dtype: DType;
  /** The length of each dimension of this part. */
  readonly shape: readonly number[];
  /** Where the part begins in the whole tensor; at its beginning by default. */
  readonly offsets?: readonly number[];
  /** The shape of the whole tensor; that of the part by default. */
  readonly globalShape?: readonly number[];
  /** All ranks that have this same part, this one too: one of them writes it. Only this one by default. */
  readonly replicas?: readonly number[];
  /**
   * Promises that it has not changed since the checkpoint before: it is named where it lies, and not written again, nor is
   * `data` asked for. What that checkpoint does not have is written. `false` by default.
   */
  readonly frozen?: boolean;
  /** Which index changes fastest: the last one. A named `NdArray` in C order is a piece; one in Fortran order is refused. */
  readonly order?: "C" | "F";
  /** Its bytes in C order, little-endian: an array of its elements, bytes, or a function that gives or yields them. */
  readonly data: TensorData;
}

/** What a rank saves. */
export interface CheckpointContent {
  /** Its parts of tensors. */
  readonly tensors: Iterable<TensorPiece>;
  /** What else is kept, by name: JSON, or bytes. */
  readonly extras?: Readonly<Record<string, JsonValue | Uint8Array<ArrayBuffer>>>;
  /** Numbers by which checkpoints are chosen, such as a loss. */
  readonly metrics?: Readonly<Record<string, number>>;
}
