/**
 * The transfer engine: what is to be copied, moved or compared is planned, executed and verified, between every pair of
 * stores. Commands and scripts are thin over it.
 *
 * @module
 */
export type * from "./execute/transfer_listener.ts";
export * from "./execute/transfer.ts";
export type * from "./execute/transfer_request.ts";
export type { JournalRequest } from "./execute/kept_journal.ts";
export type { ResumableTransfer } from "./journal/transfer_journal.ts";
export type { TransferCounts } from "./execute/transfer_tally.ts";
export { type Verification, type VerificationListener, verifiedChunks } from "./execute/verification.ts";
export type { ByteSource } from "./plan/byte_source.ts";
export type * from "./plan/conversion.ts";
export type { LinkMode } from "./plan/link_mode.ts";
export type { ObjectFilter } from "./filter/object_filter.ts";
export { type Input, inputOf, isNameless, isStandardInput, standardInput } from "./plan/input.ts";
export { type OpenedInput, readInput } from "./plan/read_input.ts";
export { destinationOf, type Job, type Marker, type Refusal, sourceOf } from "./plan/job.ts";
