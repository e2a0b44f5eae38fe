/**
 * Transfers that were interrupted and can be gone on with: where their journals are, and what is in them.
 *
 * @module
 */
export * from "./jobs.ts";
export * from "./journal_place_of.ts";
export * from "./shard_status.ts";
export * from "./state_directory.ts";
export {
  journalDirectory,
  type JournalPlace,
  journalStore,
  type OpenJournal,
} from "../journal/journal_place.ts";
export type { RecordLog } from "../journal/record_log.ts";
export type { JournalHeader } from "../journal/journal_records.ts";
export type { ShardReport, ShardState } from "../journal/shard_report.ts";
