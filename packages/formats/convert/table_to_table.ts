import type { ObjectStore, PutResult, WriterOptions } from "@lade/core";
import type { OpenedFormat } from "../formats/open_format.ts";
import type { Format } from "../registry/format.ts";
import { bytesOfBatch } from "../table/bytes_of_batch.ts";
import type { Schema } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";
import type { ScanOptions } from "../table/table_reader.ts";

/** The table that is written. */
export interface NewTable {
  /** Its format. */
  readonly format: Format;
  /** The store. */
  readonly store: ObjectStore;
  /** The key. */
  readonly key: string;
}

/** Options of {@linkcode tableToTable}. */
export interface TableToTableOptions extends Pick<ScanOptions, "columns" | "rows" | "signal"> {
  /** What the columns of the source are, where its format does not say it. */
  readonly schema?: Schema;
  /** How what is written is compressed, in its format's words. */
  readonly compression?: string;
  /** Rows of a row group or record batch, at most. */
  readonly groupRows?: number;
  /** Conditions and attributes of what is written. */
  readonly writer?: WriterOptions;
  /** Is told what the columns are, before anything is written. */
  readonly onSchema?: (schema: Schema) => void;
  /** Is told of rows as they are written, and of the bytes they take in memory. */
  readonly onRows?: (rows: number, bytes: number) => void;
}

/** What {@linkcode tableToTable} wrote. */
export interface ConvertedTable {
  /** Rows. */
  readonly rows: number;
  /** Its columns. */
  readonly schema: Schema;
  /** What the store says of the object. */
  readonly result: PutResult;
}

/**
 * Writes the rows of one table to another, a batch at a time. A column that the other format cannot hold is an error that
 * names it, before anything is written; whatever fails later leaves nothing behind. A format that has no tables, or cannot
 * be written, is a `TypeError`.
 */
export async function tableToTable(
  from: Pick<OpenedFormat, "format" | "target">,
  { format, store, key }: NewTable,
  options: TableToTableOptions = {},
): Promise<ConvertedTable> {
  const { columns, rows, signal, schema: given, compression, groupRows, writer, onSchema, onRows } = options;
  const call = { ...(signal && { signal }) };
  if (!from.format.openTable) throw new TypeError(`${from.format.name} cannot be read as a table`);
  if (!format.createTable) throw new TypeError(`${format.name} cannot be written as a table`);
  await using source = await from.format.openTable(from.target, { ...call, ...(given && { schema: given }) });
  const schema = selectFields(source.schema, columns);
  onSchema?.(schema);
  await using target = await format.createTable(store, key, {
    ...writer,
    ...call,
    schema,
    ...(compression !== undefined && { compression }),
    ...(groupRows !== undefined && { groupRows }),
  });
  let written = 0;
  for await (const batch of source.scan({ ...call, ...(columns && { columns }), ...(rows && { rows }) })) {
    await target.write(batch);
    written += batch.rows;
    onRows?.(batch.rows, bytesOfBatch(batch));
  }
  return { rows: written, schema, result: await target.close() };
}
