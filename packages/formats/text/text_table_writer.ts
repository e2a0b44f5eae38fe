import type { ObjectWriter, PutResult } from "@lade/core";
import { checkBatch } from "../table/check_batch.ts";
import type { TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import type { TableWriter } from "../table/table_writer.ts";
import type { TextOutput } from "./text_output.ts";

/** Makes what writes one row of a batch after the other. */
export type RowEncoder = (batch: TableBatch, output: TextOutput) => (row: number) => void;

/** Writes a table as rows of text, a block at a time. */
export class TextTableWriter implements TableWriter {
  readonly #writer: ObjectWriter;
  readonly #schema: Schema;
  readonly #output: TextOutput;
  readonly #encoder: RowEncoder;

  /** Writes rows behind what the output has already. */
  constructor(writer: ObjectWriter, schema: Schema, output: TextOutput, encoder: RowEncoder) {
    this.#writer = writer;
    this.#schema = schema;
    this.#output = output;
    this.#encoder = encoder;
  }

  /** Adds rows of the schema; another one is a `TypeError`, after which the writer goes on. */
  async write(batch: TableBatch): Promise<void> {
    checkBatch(batch, this.#schema);
    const output = this.#output;
    try {
      const encode = this.#encoder(batch, output);
      for (let row = 0; row < batch.rows; row++) {
        encode(row);
        if (output.isFull) await this.#writer.write(output.take());
      }
    } catch (error) {
      await this.#writer.abort(error);
      throw error;
    }
  }

  /** Writes the rest, and makes the object visible. */
  async close(): Promise<PutResult> {
    const rest = this.#output.take();
    if (rest.length > 0) await this.#writer.write(rest);
    return await this.#writer.close();
  }

  /** Gives up: nothing is left behind. Does nothing after `close` or `abort`. */
  async abort(reason?: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  /** Aborts unless it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }
}
