import type { NdArray } from "@lade/formats/array";
import type { ListedOptions } from "./listed_shards.ts";

/** A row of several tensors: the row of each, by the tensor's name. */
export type TensorRow = Readonly<Record<string, NdArray>>;

/** A tensor as a sample. */
export interface TensorSample extends NdArray {
  /** What its file calls it. */
  readonly name: string;
}

/** How such a data set is opened. */
export interface TensorsDatasetOptions extends ListedOptions {
  /** What messages call it. */
  readonly uri?: string;
  /** Tensors that are read; all by default. */
  readonly fields?: readonly string[];
  /** Takes each tensor as one sample, rather than each row of all of them. */
  readonly wholeTensors?: boolean;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}
