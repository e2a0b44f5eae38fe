import type { DType } from "@lade/formats/array";

/** A tensor of a checkpoint, over all ranks. */
export interface TensorInfo {
  /** Its name. */
  readonly name: string;
  /** What an element is. */
  readonly dtype: DType;
  /** The length of each dimension; empty for a single value. */
  readonly shape: readonly number[];
}
