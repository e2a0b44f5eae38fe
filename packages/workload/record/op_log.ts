import type { ObjectWriter } from "@lade/core";
import { type Clock, systemClock } from "@lade/core/backend";
import { withZstd } from "@lade/core/zstd";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { type OpLogDialect, RowFormatter } from "../rows/row_formatter.ts";
import { type Instant, instantAfter } from "../rows/time_text.ts";

/** Options of {@linkcode createOpLog}. */
export interface OpLogOptions {
  /** Whether the log is compressed by zstd, which all readers of op-logs take; `true` by default. */
  readonly compress?: boolean;
  /** The level of the compression; 1 by default. */
  readonly level?: number;
  /** Whose columns it has; Lade's by default, which warp and s3dlio read too. */
  readonly dialect?: OpLogDialect;
  /** Names this process in each row; empty by default. */
  readonly clientId?: string;
  /** Time; the system's by default. */
  readonly clock?: Clock;
}

/** What a log came to. */
export interface OpLogCounts {
  /** Rows. */
  readonly rows: number;
  /** Rows of operations that failed. */
  readonly errors: number;
}

/** The content of a frame: a log that was cut off is whole up to the last one. */
const FRAME = 2 ** 20;
const LEVEL = 1;
/** Rows are written after so long, though they are few. */
const PATIENCE_MS = 1000;
/** What is being written and is not yet, before operations wait for it. */
const MOST_WAITING = 8;

/**
 * An op-log that is being written: one line of tab-separated fields for each operation. Memory is bounded: where rows come
 * faster than they are written, the next operation begins later ({@linkcode OpLog.ready}), and none is dropped.
 */
export class OpLog implements AsyncDisposable {
  /** Names this process in each row. */
  readonly clientId: string;
  readonly #clock: Clock;
  readonly #writer: ObjectWriter;
  readonly #formatter: RowFormatter;
  readonly #anchor: Instant;
  readonly #anchorMs: number;
  readonly #ended = new AbortController();
  readonly #free: number[] = [];
  #threads = 0;
  #errors = 0;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isTimed = false;
  #failure: { readonly error: unknown } | undefined;
  #closing: Promise<OpLogCounts> | undefined;

  /** Takes over the writer. */
  constructor(writer: ObjectWriter, options: OpLogOptions = {}) {
    const { compress = true, level = LEVEL, dialect = "lade", clientId = "", clock = systemClock } = options;
    this.#writer = compress ? withZstd(writer, { level, frameSize: FRAME, workers: 1 }) : writer;
    this.#formatter = new RowFormatter(dialect);
    this.#clock = clock;
    this.clientId = clientId;
    const nowMs = clock.now();
    this.#anchor = { seconds: Math.floor(nowMs / 1000), nanos: Math.round(nowMs % 1000 * 1e6) };
    this.#anchorMs = clock.monotonicMs();
  }

  /** Rows and errors so far. */
  get counts(): OpLogCounts {
    return { rows: this.#formatter.rows, errors: this.#errors };
  }

  /** What an operation is to wait for before it begins; `undefined` where that is nothing. It never rejects. */
  ready(): Promise<void> | undefined {
    return this.#waiting < MOST_WAITING ? undefined : this.#writing.catch(() => {});
  }

  /** The time of the wall clock for a monotonic one: all times of a log have one start, whatever the wall clock does since. */
  instantOf(monotonicMs: number): Instant {
    return instantAfter(this.#anchor, Math.round((monotonicMs - this.#anchorMs) * 1e6));
  }

  /** The lowest number that no operation has now. */
  takeThread(): number {
    return this.#free.pop() ?? this.#threads++;
  }

  /** Gives the number of an operation back that has ended. */
  leaveThread(thread: number): void {
    // The lowest ones are taken first.
    let at = this.#free.length;
    while (at > 0 && (this.#free[at - 1] ?? 0) < thread) at--;
    this.#free.splice(at, 0, thread);
  }

  /** Adds a row. It does nothing once the log is closed, or its writer has failed, which `close` rejects with. */
  append(row: OpLogRow): void {
    if (this.#closing || this.#failure) return;
    this.#formatter.add(row);
    if (row.error !== undefined) this.#errors++;
    if (this.#formatter.isFull) this.#write();
    else if (!this.#isTimed) void this.#writeLater();
  }

  /** Writes the last rows, and a line that says that the log is whole. */
  close(): Promise<OpLogCounts> {
    return this.#closing ??= this.#close();
  }

  /** Closes the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<OpLogCounts> {
    this.#ended.abort();
    const { rows, errors } = this.counts;
    this.#formatter.comment(`rows=${rows} errors=${errors} dropped=0 complete`);
    this.#write();
    await this.#writing;
    if (this.#failure) {
      await this.#writer.abort(this.#failure.error);
      throw this.#failure.error;
    }
    await this.#writer.close();
    return { rows, errors };
  }

  #write(): void {
    const bytes = this.#formatter.take();
    this.#waiting++;
    this.#writing = this.#writing.then(async () => {
      try {
        if (!this.#failure) await this.#writer.write(bytes);
      } catch (error) {
        this.#failure ??= { error };
      }
      this.#waiting--;
    });
  }

  async #writeLater(): Promise<void> {
    this.#isTimed = true;
    const isTime = await this.#clock.sleep(PATIENCE_MS, this.#ended.signal).then(() => true, () => false);
    this.#isTimed = false;
    if (isTime && !this.#closing) this.#write();
  }
}

/** Begins an op-log. The writer is taken over: it is closed with the log. Wrong options are a `RangeError`. */
export function createOpLog(writer: ObjectWriter, options: OpLogOptions = {}): OpLog {
  return new OpLog(writer, options);
}
