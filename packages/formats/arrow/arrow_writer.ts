import type { ObjectStore, ObjectWriter, PutResult } from "@lade/core";
import type { TableWriterOptions } from "../registry/format.ts";
import { checkBatch } from "../table/check_batch.ts";
import type { TableBatch } from "../table/column.ts";
import type { TableWriter } from "../table/table_writer.ts";
import { ArrowEncoder, type ArrowEncoderOptions } from "./arrow_encoder.ts";
import { type Block, HEAD, MAGIC } from "./read_footer.ts";
import { splitRows } from "./split_rows.ts";
import { writeFooter } from "./write_footer.ts";

/** How a table is written as Arrow. `groupRows` cuts batches that have more rows. */
export interface ArrowWriterOptions extends Omit<TableWriterOptions, "compression">, ArrowEncoderOptions {}

/** Starts a file: batches that can be read by ranges. */
export async function createArrowFileWriter(
  store: ObjectStore,
  key: string,
  options: ArrowWriterOptions,
): Promise<TableWriter> {
  return await ArrowWriter.create(store, key, options, true);
}

/** Starts a stream: batches that are read in order. */
export async function createArrowStreamWriter(
  store: ObjectStore,
  key: string,
  options: ArrowWriterOptions,
): Promise<TableWriter> {
  return await ArrowWriter.create(store, key, options, false);
}

class ArrowWriter implements TableWriter {
  readonly #writer: ObjectWriter;
  readonly #encoder: ArrowEncoder;
  readonly #groupRows: number;
  readonly #blocks: Block[] | undefined;
  #at = 0;

  private constructor(writer: ObjectWriter, encoder: ArrowEncoder, groupRows: number, isFile: boolean) {
    this.#writer = writer;
    this.#encoder = encoder;
    this.#groupRows = groupRows;
    this.#blocks = isFile ? [] : undefined;
  }

  static async create(
    store: ObjectStore,
    key: string,
    options: ArrowWriterOptions,
    isFile: boolean,
  ): Promise<ArrowWriter> {
    const { schema, compression, level, alignment, fieldMetadata, groupRows = Infinity, ...rest } = options;
    const encoder = new ArrowEncoder(schema, {
      ...(compression && { compression }),
      ...(level !== undefined && { level }),
      ...(alignment && { alignment }),
      ...(fieldMetadata && { fieldMetadata }),
    });
    if (!(groupRows >= 1)) throw new RangeError(`batches of ${groupRows} rows are wanted`);
    const writer = await store.createWriter(key, rest);
    const own = new ArrowWriter(writer, encoder, groupRows, isFile);
    try {
      await own.#begin();
      return own;
    } catch (error) {
      await writer.abort(error);
      throw error;
    }
  }

  async write(batch: TableBatch): Promise<void> {
    checkBatch(batch, this.#encoder.schema);
    for (const part of splitRows(batch, this.#groupRows)) {
      const { pieces, metadataLength, bodyLength } = this.#encoder.batch(part);
      this.#blocks?.push({ offset: this.#at, metadataLength, bodyLength });
      for (const piece of pieces) await this.#put(piece);
    }
  }

  async close(): Promise<PutResult> {
    await this.#put(this.#encoder.endMessage());
    if (this.#blocks) await this.#put(writeFooter(this.#encoder.arrowSchema, this.#blocks));
    return await this.#writer.close();
  }

  async abort(reason?: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  async #begin(): Promise<void> {
    if (this.#blocks) {
      const head = new Uint8Array(HEAD);
      head.set(MAGIC);
      await this.#put(head);
    }
    await this.#put(this.#encoder.schemaMessage(this.#at));
  }

  async #put(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes);
    this.#at += bytes.length;
  }
}
