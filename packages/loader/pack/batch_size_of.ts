import { type Dataset, isMapDataset } from "../datasets/dataset.ts";

/** Bytes of samples that are loaded as one batch, about. */
const BATCH_BYTES = 4 * 2 ** 20;
/** Samples of a batch, at most, and where nothing says how large they are; rows of tables are small as a rule. */
const [MOST, UNKNOWN, ROWS] = [4096, 64, 1024];
/** Samples that are looked at. */
const LOOKED_AT = 16;

/** How many samples come to a few MiB, by some of them from all over the data set. Nothing is read for it. */
export async function batchSizeOf(dataset: Dataset<unknown>): Promise<number> {
  if (!isMapDataset(dataset) || !dataset.plan) return dataset.table?.of === "rows" ? ROWS : UNKNOWN;
  const count = Math.min(LOOKED_AT, dataset.length);
  const indices = Array.from({ length: count }, (_, i) => Math.floor(i * dataset.length / count));
  const { reads } = await dataset.plan(indices);
  const bytes = reads.reduce((sum, { length }) => sum + length, 0);
  return Math.max(1, Math.min(MOST, Math.round(BATCH_BYTES * count / Math.max(1, bytes))));
}
