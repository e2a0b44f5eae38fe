import { checkBatch } from "../table/check_batch.ts";
import type { Column, TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { type ArrowField, arrowFieldOf, type ArrowSchema } from "./arrow_field.ts";
import { BatchTemplate } from "./batch_template.ts";
import { compressBuffer } from "./compress_buffer.ts";
import { type BatchParts, encodeColumn, isPieced, joined } from "./encode_column.ts";
import { FlatBuilder, number, reference } from "./flat_builder.ts";
import { END, frame } from "./frame_message.ts";
import { HEADER, VERSION } from "./type_codes.ts";
import { writeSchema } from "./write_schema.ts";

/** How batches are encoded. */
export interface ArrowEncoderOptions {
  /** Compresses each buffer; they lie as they are by default. */
  readonly compression?: "zstd" | "none";
  /** The level of the compression, from 1 to 22; 1 by default. */
  readonly level?: number;
  /** What each message, body and buffer begins at a multiple of; 64 by default, which lets readers map them. */
  readonly alignment?: 8 | 64;
  /** What is said of each column, by its name. */
  readonly fieldMetadata?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A message that is to be written. */
export interface EncodedBatch {
  /**
   * Its bytes in order: the metadata, and the buffers as they lie in the columns' memory, with zeros between them. The
   * metadata are valid until the next batch is encoded.
   */
  readonly pieces: readonly Uint8Array[];
  /** Bytes of the metadata, with the 8 before them. */
  readonly metadataLength: number;
  /** Bytes of the body. */
  readonly bodyLength: number;
}

const ZEROS = new Uint8Array(64);

/**
 * Encodes tables as messages of Arrow's IPC format, for whatever they are sent to. The metadata of batches are built once
 * and then filled in, and values are never copied, but for bools, times of 32 bits and what is compressed.
 */
export class ArrowEncoder {
  /** The columns. */
  readonly schema: Schema;
  readonly #fields: readonly ArrowField[];
  readonly #alignment: number;
  readonly #level: number | undefined;
  #template: BatchTemplate | undefined;

  /** Encodes batches of a schema. One that Arrow has no type for is a `TypeError`. */
  constructor(schema: Schema, options: ArrowEncoderOptions = {}) {
    const { compression = "none", level = 1, alignment = 64, fieldMetadata = {} } = options;
    if (compression !== "none" && compression !== "zstd") {
      throw new TypeError(
        `Arrow is compressed by "zstd" or "none" here, not by ${JSON.stringify(compression)}`,
      );
    }
    if (!Number.isInteger(level) || level < 1 || level > 22) {
      throw new RangeError(`zstd has no level ${level}`);
    }
    if (alignment !== 8 && alignment !== 64) {
      throw new RangeError(`Arrow is aligned to 8 or 64 bytes, not ${alignment}`);
    }
    for (const name of Object.keys(fieldMetadata)) {
      if (!schema.fields.some((field) => field.name === name)) {
        throw new TypeError(`fieldMetadata are given for "${name}", which is no column`);
      }
    }
    this.schema = schema;
    this.#fields = schema.fields.map((field) =>
      arrowFieldOf(field, Object.hasOwn(fieldMetadata, field.name) ? fieldMetadata[field.name] : {})
    );
    this.#alignment = alignment;
    this.#level = compression === "zstd" ? level : undefined;
  }

  /**
   * The schema as Arrow has it.
   *
   * @internal
   */
  get arrowSchema(): ArrowSchema {
    return { fields: this.#fields, metadata: this.schema.metadata ?? {} };
  }

  /** The message that a stream begins with; `position` is where it begins, if not at a multiple of the alignment. */
  schemaMessage(position = 0): Uint8Array<ArrayBuffer> {
    const builder = new FlatBuilder();
    const schema = writeSchema(builder, this.arrowSchema);
    const message = builder.table([
      number(2, VERSION.V5),
      number(1, HEADER.schema),
      reference(schema),
      number(8, 0),
    ]);
    return frame(builder.finish(message), this.#alignment, position);
  }

  /**
   * Encodes a batch, which is checked; another schema is a `TypeError`. `metadata` are said of this batch alone. A column
   * may be a {@linkcode PiecedColumn}. The columns' memory is in use until the pieces are written.
   */
  batch(batch: TableBatch, metadata?: Readonly<Record<string, string>>): EncodedBatch {
    checkBatch(batch, this.schema, bytesIn);
    const parts: BatchParts = { nodes: [], buffers: [] };
    for (const column of batch.columns) encodeColumn(column, parts);
    const body: Uint8Array[] = [];
    const buffers: number[] = [];
    let at = 0;
    for (const buffer of parts.buffers) {
      const pieces = this.#level === undefined ? buffer : compressBuffer(joined(buffer), this.#level);
      let length = 0;
      for (const piece of pieces) {
        if (piece.length > 0) body.push(piece);
        length += piece.length;
      }
      buffers.push(at, length);
      const padding = (this.#alignment - length % this.#alignment) % this.#alignment;
      if (padding > 0) body.push(ZEROS.subarray(0, padding));
      at += length + padding;
    }
    const shape = {
      nodes: parts.nodes.length / 2,
      buffers: parts.buffers.length,
      zstd: this.#level !== undefined,
      alignment: this.#alignment,
    };
    const template = this.#template ??= new BatchTemplate(shape);
    const message = template.fill(
      { rows: batch.rows, nodes: parts.nodes, buffers, bodyLength: at },
      metadata,
    );
    return { pieces: [message, ...body], metadataLength: message.length, bodyLength: at };
  }

  /** What a stream ends with. */
  endMessage(): Uint8Array<ArrayBuffer> {
    return END.slice();
  }
}

function bytesIn(column: Column): number | undefined {
  if (isPieced(column)) return column.pieces.reduce((sum, { length }) => sum + length, 0);
  return column.values instanceof Uint8Array ? column.values.length : undefined;
}
