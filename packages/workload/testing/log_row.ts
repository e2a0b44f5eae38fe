import type { OpLogRow } from "../rows/op_log_row.ts";

/** A row for tests: `atMs` after a fixed time, of `s3://log/` unless `given` says otherwise. */
export function logRow(atMs: number, op: string, file: string, given: Partial<OpLogRow> = {}): OpLogRow {
  return {
    thread: "0",
    op,
    clientId: "",
    objects: 1,
    bytes: 0,
    endpoint: "s3://log/",
    file,
    startSeconds: 1_796_043_256 + Math.floor(atMs / 1000),
    startNanos: Math.round(atMs % 1000 * 1e6),
    durationNs: 1_000_000,
    ...given,
  };
}

/** Rows as they are read. */
export async function* each<T>(rows: Iterable<T>): AsyncGenerator<T, void, void> {
  yield* rows;
}
