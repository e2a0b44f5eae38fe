import type { Transform } from "../config/loader_options.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { randomKey, randomSequence } from "../order/keyed_random.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { sampleColumns } from "./sample_columns.ts";

/** What the first of some samples is read with. */
export interface FirstOptions {
  readonly signal: AbortSignal;
  readonly transform?: Transform<unknown, unknown>;
  /** Failures that are passed over. */
  readonly maxSkipped: number;
}

/** Columns by what the first sample is, from `first` up to before `end`, that can be had; its transformation where there is one. */
export async function firstColumns(
  dataset: Pick<MapDataset<unknown>, "get">,
  { first, end }: { readonly first: number; readonly end: number },
  { signal, transform, maxSkipped }: FirstOptions,
): Promise<BatchColumns<readonly unknown[]>> {
  for (let index = first;; index++) {
    try {
      const context = { index, epoch: 0, random: randomSequence(randomKey(index)), signal };
      const sample = await dataset.get(index, context);
      return sampleColumns(transform ? await transform(sample, context) : sample);
    } catch (error) {
      if (signal.aborted || index + 1 === end || index - first >= maxSkipped) throw error;
    }
  }
}
