import type { CallOptions, ObjectStore } from "@lade/core";
import { ChecksumMismatchError } from "@lade/core/errors";
import { stream } from "@lade/core/operations";
import { decompressZstd, type ZstdPool } from "@lade/core/zstd";
import { OpLogError } from "../errors/op_log_error.ts";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { type Lines, readLines } from "./line_reader.ts";
import { type RowParser, rowParser } from "./parse_rows.ts";

/** How an op-log is read. */
export interface ReadOpLogOptions extends CallOptions {
  /** What it is called in messages; the URI of the object, or `op-log`, by default. */
  readonly uri?: string;
  /** Passes over rows that have no meaning, after `onBad` was told of them, instead of ending with an error. */
  readonly skipBad?: boolean;
  /** Called with each row that is passed over. */
  readonly onBad?: (fault: OpLogError) => void;
  /**
   * Takes what is there of a log that was cut off, as that of a process that was killed, and lets `onEnd` know. Without it
   * the cut is an error, which comes after the rows before it.
   */
  readonly allowCut?: boolean;
  /** Workers at most that decompress, or a pool to share, as of many logs at a time; `"auto"` by default. */
  readonly workers?: number | "auto" | ZstdPool;
  /** Called at the end. */
  readonly onEnd?: (end: OpLogEnd) => void;
}

/** How an op-log ended. */
export interface OpLogEnd {
  /** Rows that were given. */
  readonly rows: number;
  /** Rows that were passed over. */
  readonly bad: number;
  /** Whether it was cut off; `undefined` of tools whose logs do not tell their end. */
  readonly isCut: boolean | undefined;
}

const MOST_LINE = 2 ** 20;
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Frames that decoders pass over have a number of these sixteen. */
const SKIPPABLE = [0x2a, 0x4d, 0x18];
const BYTE_ORDER_MARK = "\ufeff";
/** Of rows of JSON, by the names that they have. */
const MOST_PARSERS = 100;
const PARTIAL = "take what is there by --partial, or allowCut";
const COMPLETE = /^# rows=(\d+) errors=\d+ dropped=\d+ complete$/;

/**
 * Reads an op-log of Lade, warp, s3dlio or sai3-bench: fields between tabs or commas below a line of columns, or JSON
 * lines; compressed by zstd or not, by content and not by name. Rows come in the order of the log, which is that of
 * their ends as a rule. Logs of the same columns may stand one after the other. A row without meaning is an
 * {@linkcode OpLogError} with its line.
 */
export async function* readOpLog(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ReadOpLogOptions = {},
): AsyncGenerator<OpLogRow, void, void> {
  yield* new OpLogReading(options).rows(source);
}

/** Reads the op-log at `key` of a store, as {@linkcode readOpLog} does. */
export async function* openOpLog(
  store: ObjectStore,
  key: string,
  options: ReadOpLogOptions = {},
): AsyncGenerator<OpLogRow, void, void> {
  const { uri = `${store.uri.replace(/\/$/, "")}/${key}`, signal } = options;
  const bytes = await stream(store, key, signal ? { signal } : {});
  yield* readOpLog(bytes, { ...options, uri });
}

class OpLogReading {
  readonly #options: ReadOpLogOptions;
  readonly #uri: string;
  /** By the names of a row of JSON. */
  readonly #parsers = new Map<string, RowParser>();
  #parse: RowParser | undefined;
  #cut: (line: string) => string[] = (line) => line.split("\t");
  #isJson = false;
  #header: string | undefined;
  #tellsEnd = false;
  /** Rows of the logs before, where several stand one after the other. */
  #before = 0;
  #hasCut = false;
  #told: number | undefined;
  #line = 0;
  #rows = 0;
  #bad = 0;

  constructor(options: ReadOpLogOptions) {
    this.#options = options;
    this.#uri = options.uri ?? "op-log";
  }

  async *rows(source: AsyncIterable<Uint8Array>): AsyncGenerator<OpLogRow, void, void> {
    const { allowCut = false, onEnd } = this.#options;
    let failure: { readonly error: unknown } | undefined;
    try {
      for await (const { lines, isRest } of this.#lines(source)) {
        // The row that was being written is of no use; the line that tells the end is as good without its own.
        if (isRest && this.#tellsEnd && !COMPLETE.test(lines[0] ?? "")) break;
        for (const line of lines) {
          const row = this.#take(line);
          if (!row) continue;
          this.#rows++;
          yield row;
        }
      }
    } catch (error) {
      if (!this.#parse || !isEarlyEnd(error)) throw error;
      if (!allowCut) throw this.#fault("it was cut off: its compressed data ends early", undefined, PARTIAL);
      failure = { error };
    }
    if (!this.#parse && !this.#isJson) throw this.#fault("it has no line of columns");
    this.#endLog();
    const isCut = this.#tellsEnd ? this.#hasCut || failure !== undefined : failure ? true : undefined;
    onEnd?.({ rows: this.#rows, bad: this.#bad, isCut });
  }

  async *#lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Lines, void, void> {
    try {
      yield* readLines(await this.#decompressed(source), MOST_LINE);
    } catch (error) {
      if (error instanceof RangeError) throw this.#fault(error.message, this.#line + 1);
      throw error;
    }
  }

  async #decompressed(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
    const iterator = source[Symbol.asyncIterator]();
    let head = new Uint8Array();
    while (head.length < ZSTD.length) {
      const { done, value } = await iterator.next();
      if (done) break;
      const joined = new Uint8Array(head.length + value.length);
      joined.set(head);
      joined.set(value, head.length);
      head = joined;
    }
    const whole = (async function* () {
      try {
        if (head.length > 0) yield head;
        for (;;) {
          const { done, value } = await iterator.next();
          if (done) return;
          yield value;
        }
      } finally {
        await iterator.return?.();
      }
    })();
    const { signal, workers = "auto" } = this.#options;
    const isFrame = ZSTD.every((byte, at) => head[at] === byte);
    const isSkippable = SKIPPABLE.every((byte, at) => head[at + 1] === byte) &&
      ((head[0] ?? 0) & 0xf0) === 0x50;
    if (!isFrame && !isSkippable) return whole;
    return decompressZstd(whole, { uri: this.#uri, workers, ...(signal && { signal }) });
  }

  #take(text: string | undefined): OpLogRow | undefined {
    this.#line++;
    const line = this.#isMarked(text) ? text?.slice(1) : text;
    if (line === "") return undefined;
    if (line === undefined) return this.#pass("it is no UTF-8");
    if (line === this.#header) return void this.#endLog(this.#line);
    if (line.startsWith("#")) {
      const [, rows] = COMPLETE.exec(line) ?? [];
      if (rows !== undefined) this.#told = Number(rows);
      return undefined;
    }
    try {
      if (!this.#parse && !this.#isJson) {
        this.#isJson = line.startsWith("{");
        if (!this.#isJson) return void this.#begin(line);
      }
      return this.#isJson ? this.#takeJson(line) : this.#parse?.(this.#cut(line));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.#pass(error.message);
    }
  }

  /** Whether the line begins with a mark of the byte order, as a file may. */
  #isMarked(line: string | undefined): boolean {
    return line !== undefined && line.startsWith(BYTE_ORDER_MARK) &&
      (this.#line === 1 || line.slice(1) === this.#header);
  }

  /** Passes over the line, if that is asked for. */
  #pass(problem: string): undefined {
    const fault = this.#fault(problem, this.#line);
    if (!this.#options.skipBad || !this.#parse && !this.#isJson) throw fault;
    this.#bad++;
    this.#options.onBad?.(fault);
  }

  /** Ends a log: at the end of all, or before the line that has the columns of the next one. */
  #endLog(line?: number): void {
    const isCut = this.#tellsEnd && this.#told === undefined;
    if (isCut && !this.#options.allowCut) {
      throw this.#fault("it was cut off: its last line is missing", line, PARTIAL);
    }
    const count = this.#rows + this.#bad - this.#before;
    if (this.#told !== undefined && this.#told !== count) {
      throw this.#fault(`it says that it has ${this.#told} rows, and has ${count}`, line);
    }
    this.#hasCut ||= isCut;
    this.#before += count;
    this.#told = undefined;
  }

  #begin(line: string): void {
    if (!line.includes("\t")) this.#cut = splitCommas;
    const columns = this.#cut(line);
    this.#header = line;
    this.#parse = rowParser(columns);
    this.#tellsEnd = columns.includes("lade_op");
  }

  #takeJson(line: string): OpLogRow {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) throw new SyntaxError("it is no object");
    const entries = Object.entries(value).filter(([, field]) => field !== null);
    const names = entries.map(([name]) => name);
    const known = names.join("\t");
    let parse = this.#parsers.get(known);
    if (!parse) {
      if (this.#parsers.size >= MOST_PARSERS) this.#parsers.clear();
      this.#parsers.set(known, parse = rowParser(names));
    }
    return parse(entries.map(([, field]) => String(field)));
  }

  #fault(detail: string, line?: number, advice?: string): OpLogError {
    const at = line === undefined ? "" : `line ${line}: `;
    return new OpLogError({
      operation: "read the op-log",
      uri: this.#uri,
      detail: at + detail,
      ...(advice !== undefined && { advice }),
      ...(line !== undefined && { line }),
    });
  }
}

/** Fields between commas, as RFC 4180 has them. */
function splitCommas(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const found = field.exec(line);
    if (!found) throw new SyntaxError("a quote is not closed");
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "") return fields;
  }
}

/** Whether compressed bytes ended where more had to come. */
function isEarlyEnd(error: unknown): boolean {
  return error instanceof ChecksumMismatchError && error.detail.includes("ends early");
}
