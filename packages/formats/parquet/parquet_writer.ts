import { type ObjectStore, objectUri, type ObjectWriter, type PutResult } from "@lade/core";
import type { TableWriterOptions } from "../registry/format.ts";
import { checkBatch } from "../table/check_batch.ts";
import type { Column, TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { sliceRows } from "../table/slice_rows.ts";
import type { TableWriter } from "../table/table_writer.ts";
import { type Compressor, compressorOf } from "./compress.ts";
import { type EncodedChunk, type EncodedPage, LeafEncoder, PAGE_SIZE } from "./leaf_encoder.ts";
import { type ColumnNode, columnsOf, leavesOf } from "./schema_tree.ts";
import { shredColumn } from "./shred.ts";
import { elementsOf } from "./stored_schema.ts";
import {
  type PageLocation,
  writeFooter,
  writePageIndex,
  type WrittenChunk,
  type WrittenGroup,
} from "./write_footer.ts";

/** Options of {@linkcode createParquetWriter}. `compression` is none, snappy, gzip, brotli or zstd (the default), `zstd:9` with a level. */
export type ParquetWriterOptions = TableWriterOptions;

const MAGIC = new TextEncoder().encode("PAR1");

/** Rows of a row group by default, which is what most writers have. */
const GROUP_ROWS = 2 ** 20;
/** Bytes of a row group, compressed, at which the next one begins. */
const GROUP_SIZE = 64 * 2 ** 20;

/**
 * Writes a Parquet file as rows come: pages are encoded and compressed at once, and held until their row group is whole. Each
 * has a CRC-32. Nothing is to be seen before `close` succeeds; whatever fails ends the writing.
 */
export class ParquetWriter implements TableWriter {
  readonly #writer: ObjectWriter;
  readonly #schema: Schema;
  readonly #elements: ReturnType<typeof elementsOf>;
  readonly #columns: readonly ColumnNode[];
  readonly #encoders: readonly (readonly LeafEncoder[])[];
  readonly #compressor: Compressor;
  readonly #groupRows: number;
  readonly #groups: WrittenGroup[] = [];
  #offset = 0;
  #rows = 0;

  private constructor(
    writer: ObjectWriter,
    schema: Schema,
    elements: ReturnType<typeof elementsOf>,
    columns: readonly ColumnNode[],
    compressor: Compressor,
    groupRows: number,
  ) {
    this.#writer = writer;
    this.#schema = schema;
    this.#elements = elements;
    this.#columns = columns;
    this.#compressor = compressor;
    this.#groupRows = groupRows;
    this.#encoders = columns.map((column) =>
      leavesOf(column).map((leaf) => new LeafEncoder(leaf, compressor))
    );
  }

  /** Starts a file; {@linkcode createParquetWriter} is the same. */
  static async create(
    store: ObjectStore,
    key: string,
    options: ParquetWriterOptions,
  ): Promise<ParquetWriter> {
    const { schema, compression = "zstd", groupRows = GROUP_ROWS, ...rest } = options;
    if (!Number.isSafeInteger(groupRows) || groupRows < 1) {
      throw new RangeError(
        `Cannot write row groups of ${groupRows} rows: a whole number from 1 up is needed`,
      );
    }
    const compressor = compressorOf(compression);
    const elements = elementsOf(schema, objectUri(store.uri, key));
    const columns = columnsOf(elements, (detail) => new TypeError(`Cannot write Parquet: ${detail}`));
    const writer = await store.createWriter(key, rest);
    const made = new ParquetWriter(writer, schema, elements, columns, compressor, groupRows);
    await made.#put(MAGIC);
    return made;
  }

  /** Adds rows. Their memory may be used again once it resolves. */
  async write(batch: TableBatch): Promise<void> {
    try {
      checkBatch(batch, this.#schema);
      const step = rowsOfPage(batch);
      for (let from = 0; from < batch.rows;) {
        const to = Math.min(from + step, batch.rows, from + this.#groupRows - this.#rows);
        this.#addRows(sliceRows(batch, from, to));
        from = to;
        if (this.#rows >= this.#groupRows || this.#held() >= GROUP_SIZE) await this.#closeGroup();
      }
    } catch (error) {
      await this.abort(error);
      throw error;
    }
  }

  /** Writes the last row group, where the pages lie, and the footer. */
  async close(): Promise<PutResult> {
    try {
      if (this.#rows > 0) await this.#closeGroup();
      const places = new Map<WrittenChunk, { offset: number; length: number }>();
      for (const chunk of this.#groups.flatMap(({ chunks }) => chunks)) {
        const index = writePageIndex(chunk);
        places.set(chunk, { offset: this.#offset, length: index.length });
        await this.#put(index);
      }
      const footer = writeFooter({
        elements: this.#elements,
        groups: this.#groups,
        codec: this.#compressor.number,
        metadata: this.#schema.metadata ?? {},
        indexOf: (chunk) => places.get(chunk) ?? { offset: 0, length: 0 },
      });
      await this.#put(footer);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, footer.length, true);
      await this.#put(length);
      await this.#put(MAGIC);
    } catch (error) {
      await this.abort(error);
      throw error;
    }
    return await this.#writer.close();
  }

  /** Gives up: nothing is left behind. */
  async abort(reason?: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  /** Aborts what is not closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  #addRows(batch: TableBatch): void {
    this.#columns.forEach((node, place) => {
      const column = batch.columns[place];
      const encoders = this.#encoders[place] ?? [];
      if (!column) return;
      let next = 0;
      for (const leaf of shredColumn(node, column)) encoders[next++]?.add(leaf, batch.rows);
    });
    this.#rows += batch.rows;
  }

  #held(): number {
    return this.#encoders.flat().reduce((sum, { held }) => sum + held, 0);
  }

  async #closeGroup(): Promise<void> {
    const chunks: WrittenChunk[] = [];
    for (const encoder of this.#encoders.flat()) chunks.push(await this.#putChunk(encoder.finish()));
    this.#groups.push({ rows: this.#rows, chunks });
    this.#rows = 0;
  }

  async #putChunk({ pages, dictionary, ...chunk }: EncodedChunk): Promise<WrittenChunk> {
    const offset = this.#offset;
    if (dictionary) await this.#putPage(dictionary);
    const dataOffset = this.#offset;
    const places: PageLocation[] = [];
    for (const page of pages) {
      const start = this.#offset;
      await this.#putPage(page);
      places.push({ offset: start, size: this.#offset - start, firstRow: page.firstRow });
    }
    return { ...chunk, offset, dataOffset, ...(dictionary && { dictionaryOffset: offset }), pages: places };
  }

  async #putPage({ header, body }: EncodedPage): Promise<void> {
    await this.#put(header);
    await this.#put(body);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes);
    this.#offset += bytes.length;
  }
}

/** Starts a Parquet file of the columns that `schema` has. */
export async function createParquetWriter(
  store: ObjectStore,
  key: string,
  options: ParquetWriterOptions,
): Promise<ParquetWriter> {
  return await ParquetWriter.create(store, key, options);
}

/** Rows of which no column has more bytes than a page. */
function rowsOfPage({ rows, columns }: TableBatch): number {
  const most = Math.max(...columns.map(sizeOf), 1);
  return Math.max(Math.floor(rows * PAGE_SIZE / most), 1);
}

/** Bytes of the largest column below one, or its own. */
function sizeOf({ values, offsets, children = [] }: Column): number {
  return Math.max((values?.byteLength ?? 0) + (offsets?.byteLength ?? 0), ...children.map(sizeOf));
}
