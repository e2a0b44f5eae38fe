/**
 * Deletions of many objects by the batches that a service has, over a {@linkcode BatchDeleter} that a backend writes.
 *
 * @module
 */
export type { BatchDeleter, DeleteOutcome } from "./batch_deleter.ts";
export { deleteInBatches } from "./delete_in_batches.ts";
