import type { MapDataset, MixturePart } from "./dataset.ts";

/** A sample that says which data set it is of. */
export interface PartSample<T> {
  /** The name of the data set. */
  readonly part: string;
  /** The sample. */
  readonly sample: T;
}

/** Several data sets as one, of which each is drawn as often as its weight says. */
export interface Mixture<T> extends MapDataset<T> {
  /** The data sets that it is made of, in their order. */
  readonly parts: readonly MixturePart[];
  /** Which data set a sample is of, and its number there. */
  partAt(index: number): { readonly name: string; readonly index: number };
}
