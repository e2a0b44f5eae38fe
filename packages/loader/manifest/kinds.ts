/** Every kind that a data set may be of. */
export const DATASET_KINDS: readonly string[] = ["files", "rows", "batches", "arrays", "records", "samples"];
