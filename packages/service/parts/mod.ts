/**
 * Uploads in parts as Amazon S3 has them, and services that took them over: the documents of their requests and answers.
 *
 * @module
 */
export { completeDocument } from "./complete_document.ts";
export { listParts, partPage, type PendingPart } from "./list_parts.ts";
export { listUploads } from "./list_uploads.ts";
export type { PartsReading } from "./parts_reading.ts";
