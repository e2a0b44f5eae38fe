/**
 * Journals of transfers: where they are kept.
 *
 * @module
 */
export * from "./journal_place_of.ts";
export * from "./state_directory.ts";
export { journalDirectory, type JournalPlace, journalStore, type OpenJournal } from "./journal_place.ts";
export { ProcessLocks } from "./process_locks.ts";
export type { LogOwner, RecordLog } from "./record_log.ts";
