import type { ByteBudget, CallOptions, ObjectStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource, type ObjectSourceOptions } from "../source/object_source.ts";
import { readAhead } from "../source/read_ahead.ts";
import type { TableBatch } from "../table/column.ts";
import { checkRows } from "../table/rebatch.ts";
import type { Schema } from "../table/schema.ts";
import { columnPlaces } from "../table/select_columns.ts";
import { sliceRows } from "../table/slice_rows.ts";
import type { FetchedGroup, GroupedTable, GroupOptions, RowGroup } from "../table/grouped_table.ts";
import type { ScanOptions } from "../table/table_reader.ts";
import { type Footer, readFooter } from "./footer.ts";
import { GroupReader, type GroupRows } from "./group_reader.ts";
import { unsupportedOf } from "./schema_tree.ts";

/** Options of {@linkcode openParquet}. */
export type OpenParquetOptions = Omit<ObjectSourceOptions, "at">;

/** A Parquet file that is open. Only what is asked for is read of it: the chunks, or pages, of the columns and rows wanted. */
export class ParquetReader implements GroupedTable {
  /** All its columns. */
  readonly schema: Schema;
  /** Rows in all. */
  readonly rows: number;
  /** What the file says of itself. */
  readonly footer: Footer;
  readonly #source: ByteSource;
  readonly #budget: ByteBudget | undefined;

  private constructor(source: ByteSource, footer: Footer, budget: ByteBudget | undefined) {
    this.#source = source;
    this.#budget = budget;
    this.footer = footer;
    this.rows = footer.rows;
    this.schema = {
      fields: footer.columns.map(({ field }) => field),
      metadata: footer.metadata,
    };
  }

  /** Reads the footer. Read-ahead takes its memory from `budget`; without one it is a row group at most. */
  static async open(
    source: ByteSource,
    options: CallOptions & { readonly budget?: ByteBudget } = {},
  ): Promise<ParquetReader> {
    return new ParquetReader(source, await readFooter(source, options), options.budget);
  }

  /**
   * Yields the rows in order, a batch for each row group unless `batchRows` says otherwise. The bytes of row groups ahead
   * are read while one is decoded, within the byte budget.
   */
  async *scan(options: ScanOptions = {}): AsyncGenerator<TableBatch, void, undefined> {
    const { columns: names, rows = {}, batchRows, signal } = options;
    const reader = this.#readerOf(names);
    checkRows(rows);
    if (batchRows !== undefined && !(Number.isSafeInteger(batchRows) && batchRows > 0)) {
      throw new RangeError(`batches of ${batchRows} rows are wanted`);
    }
    const { from = 0, to = Infinity } = rows;
    const wanted: GroupRows[] = this.footer.groups.flatMap((group) => {
      const first = Math.max(from - group.firstRow, 0);
      const last = Math.min(to - group.firstRow, group.rows);
      return first < last ? [{ group, first, last }] : [];
    });
    for await (
      const bytes of readAhead(wanted, {
        sizeOf: (rows) => reader.sizeOf(rows),
        read: (rows, signal) => reader.read(rows, signal),
        ...(this.#budget && { budget: this.#budget }),
        ...(signal && { signal }),
      })
    ) {
      const batch = reader.decode(bytes);
      const step = batchRows ?? batch.rows;
      for (let row = 0; row < batch.rows; row += step) {
        signal?.throwIfAborted();
        yield sliceRows(batch, row, Math.min(row + step, batch.rows));
      }
    }
  }

  /** The row groups, and what of them is wanted. Nothing is read. */
  rowGroups({ columns }: GroupOptions = {}): Promise<readonly RowGroup[]> {
    const reader = this.#readerOf(columns);
    return Promise.resolve(
      this.footer.groups.map((group) => ({ rows: group.rows, bytes: reader.memoryOf(group) })),
    );
  }

  /** Reads the columns of a row group, those near one another by one request. */
  async fetchGroup(index: number, { columns, signal }: GroupOptions = {}): Promise<FetchedGroup> {
    const reader = this.#readerOf(columns);
    const group = this.footer.groups[index];
    if (!group) throw new RangeError(`row group ${index} is wanted of ${this.footer.groups.length}`);
    const wanted = { group, first: 0, last: group.rows };
    const bytes = await reader.read(wanted, signal ?? new AbortController().signal);
    return { bytes: reader.sizeOf(wanted), decode: () => reader.decode(bytes) };
  }

  /** Holds nothing that is to be given back. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** Reads the columns of these names, or all. */
  #readerOf(names: readonly string[] = this.schema.fields.map(({ name }) => name)): GroupReader {
    const places = columnPlaces(this.schema, names);
    const columns = places.flatMap((place) => this.footer.columns[place] ?? []);
    for (const column of columns) this.#refuse(unsupportedOf(column));
    const schema: Schema = { ...this.schema, fields: columns.map(({ field }) => field) };
    return new GroupReader(this.#source, columns, schema);
  }

  #refuse(detail: string | undefined): void {
    if (detail === undefined) return;
    const { uri } = this.#source;
    const advice = "name the other columns in `columns`";
    throw new UnsupportedError({ operation: "read parquet", uri, detail, advice });
  }
}

/** Opens a Parquet file by one request of its last bytes, or two where its footer is larger. */
export async function openParquet(
  store: ObjectStore,
  key: string,
  options: OpenParquetOptions = {},
): Promise<ParquetReader> {
  const source = await ObjectSource.open(store, key, { ...options, at: "end" });
  const { signal } = options;
  return await ParquetReader.open(source, { budget: store.context.budget, ...(signal && { signal }) });
}
