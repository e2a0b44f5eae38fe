import type { ObjectStore, PutResult } from "@lade/core";
import { checkExampleSchema, encodeRows } from "../example/encode_rows.ts";
import type { TableWriterOptions } from "../registry/format.ts";
import { checkBatch } from "../table/check_batch.ts";
import type { TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import type { TableWriter } from "../table/table_writer.ts";
import { createRecordWriter, type RecordWriter } from "./record_writer.ts";

/**
 * Starts a TFRecord object whose records are the rows of a table, each as a tf.Example. Columns that those cannot hold as they
 * are, such as float64, are a `TypeError` before anything is written.
 */
export async function createExampleTable(
  store: ObjectStore,
  key: string,
  options: TableWriterOptions,
): Promise<TableWriter> {
  const { schema, compression = "none", groupRows: _, ...rest } = options;
  checkExampleSchema(schema);
  if (compression !== "none" && compression !== "gzip") {
    throw new TypeError(`Cannot compress TFRecord by ${JSON.stringify(compression)}: it is none or gzip`);
  }
  return new ExampleTableWriter(await createRecordWriter(store, key, { ...rest, compression }), schema);
}

class ExampleTableWriter implements TableWriter {
  readonly #writer: RecordWriter;
  readonly #schema: Schema;

  constructor(writer: RecordWriter, schema: Schema) {
    this.#writer = writer;
    this.#schema = schema;
  }

  async write(batch: TableBatch): Promise<void> {
    checkBatch(batch, this.#schema);
    await this.#writer.writeAll(encodeRows(batch));
  }

  async close(): Promise<PutResult> {
    const { index: _, ...result } = await this.#writer.close();
    return result;
  }

  abort(reason?: unknown): Promise<void> {
    return this.#writer.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }
}
