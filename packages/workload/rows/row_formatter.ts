import { LADE_COLUMNS, S3DLIO_COLUMNS, WARP_COLUMNS } from "./columns.ts";
import { FieldBytes } from "./field_bytes.ts";
import { encodeName, isOdd } from "./name_text.ts";
import type { OpLogRow } from "./op_log_row.ts";
import { formatInstant, instantAfter } from "./time_text.ts";

/** Whose columns a log has: Lade's, those that warp reads, or those that s3dlio reads. */
export type OpLogDialect = "lade" | "warp" | "s3dlio";

/** The columns of a dialect. */
export const COLUMNS: Readonly<Record<OpLogDialect, readonly string[]>> = {
  lade: LADE_COLUMNS,
  warp: WARP_COLUMNS,
  s3dlio: S3DLIO_COLUMNS,
};

/** The most that warp reads of a thread, which it takes for a number of 16 bits. */
const MOST_WARP_THREADS = 65_536;
const SLAB = 64 * 1024;
const MOST_SECONDS = 16;

/**
 * Writes rows as lines of tab-separated fields, and first that of the columns. Names that would break a line are encoded:
 * the last column of Lade's logs says so; in the other dialects, which have no word for it, they are `%09` and the like.
 */
export class RowFormatter {
  readonly #dialect: OpLogDialect;
  readonly #fields = new FieldBytes(2 * SLAB);
  readonly #threads = new Map<string, number>();
  #rows = 0;
  /** The text of the last seconds: rows that are near each other have the same ones. */
  readonly #seconds = new Map<number, string>();

  /** Begins with the line of the columns. */
  constructor(dialect: OpLogDialect) {
    this.#dialect = dialect;
    for (const column of COLUMNS[dialect]) this.#fields.text(column);
    this.#fields.endLine();
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether so much is there that it is worth taking. */
  get isFull(): boolean {
    return this.#fields.length >= SLAB;
  }

  /** Takes the lines since the last call. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#fields.take();
  }

  /** Adds a line that readers take for a comment. */
  comment(text: string): void {
    this.#fields.text(`# ${text}`);
    this.#fields.endLine();
  }

  /** Adds a row. */
  add(row: OpLogRow): void {
    const [fields, dialect] = [this.#fields, this.#dialect];
    const { file, toFile = "", error = "", startSeconds, startNanos } = row;
    const { thread, op, clientId, endpoint, call = "", server = "" } = row;
    const isEncoded = isOdd(file) || isOdd(toFile) || isOdd(error) || isOdd(endpoint) || isOdd(clientId) ||
      isOdd(server) || isOdd(call) || isOdd(op) || isOdd(thread);
    const name = (text: string) => isEncoded ? encodeName(text) : text;
    const start = { seconds: startSeconds, nanos: startNanos };
    const later = (ns: number | undefined) => {
      if (ns === undefined) return fields.text("");
      const { seconds, nanos } = instantAfter(start, ns);
      fields.time(this.#textOf(seconds), nanos);
    };
    fields.number(this.#rows++);
    fields.text(dialect === "warp" ? this.#warpThread(thread) : name(thread));
    fields.text(name(op));
    fields.text(name(clientId));
    fields.number(row.objects);
    fields.number(row.bytes);
    fields.text(name(this.#endpointOf(row)));
    fields.text(name(this.#fileOf(row)));
    fields.text(name(error));
    fields.time(this.#textOf(startSeconds), startNanos);
    later(row.firstByteNs);
    if (dialect !== "s3dlio") later(row.lastByteNs);
    later(row.durationNs);
    fields.number(row.durationNs);
    if (dialect !== "s3dlio") fields.text("0");
    if (dialect === "lade") {
      fields.number(row.offset);
      fields.number(row.length);
      fields.text(name(call));
      fields.text(name(toFile));
      fields.text(name(server));
      fields.text(isEncoded ? "percent" : "");
    }
    fields.endLine();
  }

  /** warp has the server in this column, and s3dlio the container without its slash. */
  #endpointOf({ endpoint, server }: OpLogRow): string {
    if (this.#dialect === "lade") return endpoint;
    return this.#dialect === "warp" ? server ?? endpoint : endpoint.replace(/(?<=.:\/\/.*)\/$/, "");
  }

  /** The others have the container in the file, too. */
  #fileOf({ endpoint, file }: OpLogRow): string {
    if (this.#dialect === "lade") return file;
    return endpoint.replace(/^[a-z0-9+.-]+:\/\//i, "") + file;
  }

  #warpThread(thread: string): string {
    let number = this.#threads.get(thread);
    if (number === undefined) this.#threads.set(thread, number = this.#threads.size % MOST_WARP_THREADS);
    return String(number);
  }

  #textOf(seconds: number): string {
    let text = this.#seconds.get(seconds);
    if (text === undefined) {
      if (this.#seconds.size >= MOST_SECONDS) this.#seconds.clear();
      this.#seconds.set(seconds, text = formatInstant({ seconds, nanos: 0 }).slice(0, 19));
    }
    return text;
  }
}
