/**
 * Transfers that were interrupted and can be gone on with, and the shares of many processes: what their journals tell.
 *
 * @module
 */
export * from "./jobs.ts";
export * from "./shard_status.ts";
export type { JournalHeader } from "../journal/journal_records.ts";
export type { ShardReport, ShardState } from "../journal/shard_report.ts";
