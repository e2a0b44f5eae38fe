/**
 * Op-logs of object stores: what was done, when, how long it took and what came of it, one row for each operation. They are
 * recorded, read in the formats of several tools, written in theirs, sorted and summed up.
 *
 * @module
 */
export { compareStarts, nanosBetween, type OpLogRow, uriOfRow } from "./rows/op_log_row.ts";
export type { OpLogDialect } from "./rows/row_formatter.ts";
export { formatInstant, type Instant, parseInstant } from "./rows/time_text.ts";
export { createOpLog, OpLog, type OpLogCounts, type OpLogOptions } from "./record/op_log.ts";
export { LogFile } from "./record/log_file.ts";
export { recordOpLog } from "./record/record_op_log.ts";
export { type SortInput, sortOpLogs, type SortOpLogsOptions } from "./sort/sort_op_logs.ts";
export {
  type AnalyzeBy,
  analyzeOpLog,
  type AnalyzeOptions,
  type OpLogAnalysis,
  type OpLogGroup,
} from "./analyze/analyze_op_log.ts";
export { openOpLog, type OpLogEnd, readOpLog, type ReadOpLogOptions } from "./read/read_op_log.ts";
export { OpLogError, type OpLogErrorOptions } from "./errors/op_log_error.ts";
