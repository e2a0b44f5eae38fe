/**
 * Deletions: of many objects by the batches that a service has, over a {@linkcode BatchDeleter} that a backend writes; and
 * of one that is held to a condition, whose answer may be lost.
 *
 * @module
 */
export type { AnyObjects, BatchDeleter, DeleteOutcome } from "./batch_deleter.ts";
export { deleteInBatches } from "./delete_in_batches.ts";
export { deleteHeld, type HeldDeletion } from "./delete_held.ts";
export { httpBatchDeleter, type HttpBatchSetup } from "./http_batch_deleter.ts";
export {
  type BatchedAnswer,
  type BatchedRequest,
  readHttpBatch,
  UNBATCHED,
  writeHttpBatch,
} from "./http_batch.ts";
