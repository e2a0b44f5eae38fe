import { crc32c } from "@lade/codec/checksum";
import type { ObjectStore, ObjectWriter, PutResult, WriterOptions } from "@lade/core";
import { FOOT_BYTES, FRAME_BYTES, HEAD_BYTES, writeFoot, writeHead } from "./record_frame.ts";
import { RecordIndex } from "./record_index.ts";

/** Options of {@linkcode createRecordWriter}. */
export interface RecordWriterOptions extends WriterOptions {
  /** How the object is compressed; not at all by default. What is compressed has no index. */
  readonly compression?: "none" | "gzip";
}

/** A TFRecord object that is being written. Nobody sees it before `close` succeeds; disposing it unclosed aborts it. */
export interface RecordWriter extends AsyncDisposable {
  /** Records so far. */
  readonly records: number;
  /** Adds a record. Its memory may be reused once this resolves. */
  write(record: Uint8Array): Promise<void>;
  /** Adds several, without a promise for each. */
  writeAll(records: Iterable<Uint8Array>): Promise<void>;
  /** Finishes the object and makes it visible. */
  close(): Promise<WrittenRecords>;
  /** Gives up: nothing is left behind. Does nothing after `close` or `abort`. */
  abort(reason?: unknown): Promise<void>;
}

/** What came of a {@linkcode RecordWriter}. */
export interface WrittenRecords extends PutResult {
  /** Where the records lie; absent where the object is compressed. */
  readonly index?: RecordIndex;
}

/** Bytes that are gathered before they are handed on. */
const GATHERED = 2 ** 20;

/** Starts a TFRecord object: each record with the masked CRC-32C of its length and of its bytes. */
export async function createRecordWriter(
  store: ObjectStore,
  key: string,
  options: RecordWriterOptions = {},
): Promise<RecordWriter> {
  const { compression = "none", ...rest } = options;
  const writer = await store.createWriter(key, rest);
  if (compression === "none") return new FrameWriter(writer, true);
  const { GzipWriter } = await import("../source/gzip_writer.ts");
  return new FrameWriter(new GzipWriter(writer), false);
}

class FrameWriter implements RecordWriter {
  readonly #writer: ObjectWriter;
  readonly #bounds: number[] | undefined;
  readonly #gathered = new Uint8Array(GATHERED);
  #used = 0;
  #offset = 0;
  #records = 0;

  constructor(writer: ObjectWriter, hasIndex: boolean) {
    this.#writer = writer;
    this.#bounds = hasIndex ? [0] : undefined;
  }

  get records(): number {
    return this.#records;
  }

  async write(record: Uint8Array): Promise<void> {
    if (!this.#gather(record)) await this.#writeLarge(record);
  }

  async writeAll(records: Iterable<Uint8Array>): Promise<void> {
    for (const record of records) {
      if (!this.#gather(record)) await this.#writeLarge(record);
    }
  }

  async close(): Promise<WrittenRecords> {
    await this.#flush();
    const result = await this.#writer.close();
    return this.#bounds ? { ...result, index: new RecordIndex(Float64Array.from(this.#bounds)) } : result;
  }

  abort(reason?: unknown): Promise<void> {
    return this.#writer.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer.abort();
  }

  /** Adds a record where there is room for it. */
  #gather(record: Uint8Array): boolean {
    if (!(record instanceof Uint8Array)) throw new TypeError("Cannot write a record: expected a Uint8Array");
    const at = this.#used;
    const end = at + FRAME_BYTES + record.length;
    if (end > this.#gathered.length) return false;
    writeHead(this.#gathered, at, record.length);
    this.#gathered.set(record, at + HEAD_BYTES);
    writeFoot(this.#gathered, end - FOOT_BYTES, crc32c(record));
    this.#used = end;
    this.#count(record.length);
    return true;
  }

  /** Makes room for a record, or hands it on from where it is. */
  async #writeLarge(record: Uint8Array): Promise<void> {
    await this.#flush();
    if (this.#gather(record)) return;
    const head = new Uint8Array(HEAD_BYTES);
    writeHead(head, 0, record.length);
    await this.#writer.write(head);
    await this.#writer.write(record);
    writeFoot(this.#gathered, 0, crc32c(record));
    this.#used = FOOT_BYTES;
    this.#count(record.length);
  }

  async #flush(): Promise<void> {
    const bytes = this.#gathered.subarray(0, this.#used);
    this.#used = 0;
    if (bytes.length > 0) await this.#writer.write(bytes);
  }

  #count(length: number): void {
    this.#records++;
    this.#offset += FRAME_BYTES + length;
    this.#bounds?.push(this.#offset);
  }
}
