/**
 * Functions over the contract, store first: whole reads and ranges, many objects, copies. `@lade/core` has them too.
 *
 * @module
 */
export * from "../progress/progress.ts";
export * from "../read/read_options.ts";
export { type ChunkedRead, readChunks } from "../read/read_chunks.ts";
export { readInto, readIntoNow } from "../read/read_into.ts";
export { type BytesResult, getBytes, type GetBytesOptions, getRange } from "../read/get_bytes.ts";
export {
  type RangesResult,
  readRanges,
  type ReadRangesOptions,
  type WantedRange,
} from "../read/read_ranges.ts";
export * from "../read/stream.ts";
export * from "./exists.ts";
export * from "./delete_prefix.ts";
export * from "./list_versions.ts";
export * from "./resume_write.ts";
export * from "./sweep_uploads.ts";
export * from "./place_of.ts";
export * from "./set_attributes.ts";
export * from "./place_judge.ts";
export { readModificationTime } from "./modification_time.ts";
export { isAlias } from "./is_alias.ts";
export * from "./delete_read.ts";
export * from "./move_object.ts";
export * from "./get_many.ts";
export { type Carried, carry, type CarryOptions, type Dropped } from "./carry.ts";
export * from "./content_type.ts";
export { copyObject, type CopyObjectResult } from "./copy_object.ts";
export type * from "./copy_object_options.ts";
export type { CopiedContent, CopiedPart, HalfDoneCopy, ResumableCopy } from "./resumable_copy.ts";
