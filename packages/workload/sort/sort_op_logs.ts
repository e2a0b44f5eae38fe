import type { CallOptions, ObjectStore } from "@lade/core";
import { createZstdPool } from "@lade/core/zstd";
import { openOpLog } from "../read/read_op_log.ts";
import { createOpLog } from "../record/op_log.ts";
import { compareStarts, type OpLogRow } from "../rows/op_log_row.ts";

/** A log that is sorted with others. */
export interface SortInput {
  /** Its rows, in any order. */
  readonly rows: AsyncIterable<OpLogRow>;
  /** Names the process of rows that do not; they keep their own name by default. */
  readonly clientId?: string;
  /** Milliseconds that its clock was behind, which are added to its times; 0 by default. */
  readonly offsetMs?: number;
}

/** How logs are sorted. */
export interface SortOpLogsOptions extends CallOptions {
  /** Rows that are held in memory; 200,000 by default. A sort of millions takes some 800 MB in all. */
  readonly mostRows?: number;
  /**
   * Where sorted runs are kept that do not fit into memory, as objects under this prefix, which are deleted at the end.
   * Without it, more rows than `mostRows` are a `RangeError`.
   */
  readonly runs?: { readonly store: ObjectStore; readonly prefix: string };
}

const MOST_ROWS = 200_000;
/** Runs that are read at a time. */
const MOST_RUNS = 32;

/**
 * Gives the rows of logs in the order of their starts; rows of one start keep the order of the logs. Threads of several
 * logs are numbered anew, so that they stay apart. Memory is bounded.
 */
export async function* sortOpLogs(
  inputs: Iterable<SortInput>,
  { mostRows = MOST_ROWS, runs, signal }: SortOpLogsOptions = {},
): AsyncGenerator<OpLogRow, void, void> {
  // All runs are read by one: of each its own they would take more memory than the rows.
  using workers = createZstdPool({ workers: 1 });
  let made = 0;
  let kept: string[] = [];
  const prefix = runs && `${runs.prefix}${crypto.randomUUID()}-`;
  const write = async (rows: AsyncIterable<OpLogRow> | Iterable<OpLogRow>): Promise<string> => {
    if (!runs) throw new RangeError(`Cannot sort more than ${mostRows} rows without a place for sorted runs`);
    const key = `${prefix}${made++}`;
    kept.push(key);
    await using log = createOpLog(await runs.store.createWriter(key));
    for await (const row of rows) {
      log.append(row);
      const turn = log.ready();
      if (turn) await turn;
    }
    return key;
  };
  const merge = (keys: readonly string[], last: Iterable<OpLogRow>) =>
    mergeSorted(
      [...keys.map((key) => runs ? openOpLog(runs.store, key, { workers }) : noRows()), asyncRows(last)],
      signal,
    );
  try {
    let held: OpLogRow[] = [];
    for await (const row of joined(inputs)) {
      if (held.length >= mostRows) {
        await write(held.sort(compareStarts));
        held = [];
        // Runs of runs, so that few are read at a time.
        if (kept.length >= MOST_RUNS) {
          const whole = kept;
          kept = [];
          try {
            await write(merge(whole, []));
          } finally {
            kept.unshift(...whole);
          }
          for (const key of whole) await runs?.store.delete(key);
          kept = kept.slice(whole.length);
        }
      }
      held.push(row);
    }
    yield* merge(kept, held.sort(compareStarts));
  } finally {
    for (const key of kept) await runs?.store.delete(key);
  }
}

/** The rows of all logs, one log after the other, with threads of their own. */
async function* joined(inputs: Iterable<SortInput>): AsyncGenerator<OpLogRow, void, void> {
  const all = [...inputs];
  let first = 0;
  for (const { rows, clientId, offsetMs = 0 } of all) {
    const threads = new Map<string, number>();
    for await (const row of rows) {
      let thread = threads.get(row.thread);
      if (thread === undefined) threads.set(row.thread, thread = first + threads.size);
      const named = row.clientId === "" && clientId !== undefined ? { ...row, clientId } : row;
      const moved = offsetMs === 0 ? named : later(named, offsetMs);
      yield all.length === 1 ? moved : { ...moved, thread: String(thread) };
    }
    first += threads.size;
  }
}

function later(row: OpLogRow, ms: number): OpLogRow {
  const nanos = row.startNanos + Math.round(ms * 1e6);
  const carry = Math.floor(nanos / 1e9);
  return { ...row, startSeconds: row.startSeconds + carry, startNanos: nanos - carry * 1e9 };
}

/** Merges rows that are sorted each. Of rows of one start that of the first stream comes first. */
async function* mergeSorted(
  streams: readonly AsyncGenerator<OpLogRow>[],
  signal: AbortSignal | undefined,
): AsyncGenerator<OpLogRow, void, void> {
  const heads: { row: OpLogRow; readonly stream: AsyncGenerator<OpLogRow> }[] = [];
  try {
    for (const stream of streams) {
      const { done, value } = await stream.next();
      if (!done) heads.push({ row: value, stream });
    }
    while (heads.length > 0) {
      let least = 0;
      for (let at = 1; at < heads.length; at++) {
        const [one, other] = [heads[at], heads[least]];
        if (one && other && compareStarts(one.row, other.row) < 0) least = at;
      }
      const head = heads[least];
      if (!head) return;
      signal?.throwIfAborted();
      yield head.row;
      const { done, value } = await head.stream.next();
      if (done) heads.splice(least, 1);
      else head.row = value;
    }
  } finally {
    for (const { stream } of heads) await stream.return(undefined);
  }
}

async function* asyncRows(rows: Iterable<OpLogRow>): AsyncGenerator<OpLogRow, void, void> {
  yield* rows;
}

async function* noRows(): AsyncGenerator<OpLogRow, void, void> {}
