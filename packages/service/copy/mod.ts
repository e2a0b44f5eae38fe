/**
 * Copies that a service makes: range by range where one request will not do, found again where their answer is lost, with
 * the attributes of the source, and renames by them.
 *
 * @module
 */
export { copiedAttributes, tagsToWrite } from "./copied_attributes.ts";
export { copyInRanges, type CopyInRangesSetup, type CopySink } from "./copy_in_ranges.ts";
export { copyOfItself } from "./copy_of_itself.ts";
export { type CopyAnswer, copyOrFind, type CopySearch } from "./copy_or_find.ts";
export { CopyProgress } from "./copy_progress.ts";
export { blameSource } from "./blame_source.ts";
export { type HeldRequest, sendHeld } from "./send_held.ts";
export { isRenamed, type LostRename } from "./is_renamed.ts";
export { type CopyState, type StartedCopy, startedCopy } from "./started_copy.ts";
export { renameByCopy, type RenameSteps } from "./rename_by_copy.ts";
