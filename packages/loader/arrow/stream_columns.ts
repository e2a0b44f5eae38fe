import type { Transform } from "../config/loader_options.ts";
import type { StreamDataset } from "../datasets/dataset.ts";
import { LostSample } from "../datasets/lost_sample.ts";
import { randomKey, randomSequence } from "../order/keyed_random.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { sampleColumns } from "./sample_columns.ts";
import { tableColumns } from "./table_columns.ts";

interface StreamColumnOptions {
  readonly signal: AbortSignal;
  readonly transform?: Transform<unknown, unknown>;
  /** Failures that are passed over. */
  readonly maxSkipped: number;
}

/** Columns of a stream: those of its table, or what the first sample that is there, transformed, says; none of an empty one. */
export async function streamColumns(
  dataset: StreamDataset<unknown>,
  { signal, transform, maxSkipped }: StreamColumnOptions,
): Promise<BatchColumns<readonly unknown[]> | undefined> {
  if (dataset.table && !transform) return tableColumns(dataset.table);
  let failures = 0;
  for (let part = 0; part < dataset.parts; part++) {
    try {
      for await (const sample of dataset.open(part, 0, { signal })) {
        if (sample instanceof LostSample) continue;
        const context = { index: part, epoch: 0, random: randomSequence(randomKey(part)), signal };
        return sampleColumns(transform ? await transform(sample, context) : sample);
      }
    } catch (error) {
      if (signal.aborted || failures++ >= maxSkipped) throw error;
    }
  }
  return undefined;
}
