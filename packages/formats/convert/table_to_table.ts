import type { CallOptions, ObjectStore, PutResult, WriterOptions } from "@lade/core";
import type { Format } from "../registry/format.ts";
import type { OpenedFormat } from "../formats/open_format.ts";
import type { Column } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";

/** Options of {@linkcode tableToTable}. */
export interface TableToTableOptions extends CallOptions {
  /** What the columns of the source are, where its format does not say it. */
  readonly schema?: Schema;
  /** The columns wanted, by name, in this order; all by default. */
  readonly columns?: readonly string[];
  /** How what is written is compressed, in its format's words; the format's own choice by default. */
  readonly compression?: string;
  /** Rows of a row group or record batch, at most. */
  readonly groupRows?: number;
  /** Conditions and attributes of what is written. */
  readonly writer?: WriterOptions;
  /** Is told what the columns are, before the first row is read. */
  readonly onSchema?: (schema: Schema) => void;
  /** Is told of rows as they are written, and of the memory that they took. */
  readonly onRows?: (rows: number, bytes: number) => void;
}

/** What {@linkcode tableToTable} wrote. */
export interface ConvertedTable {
  /** Rows. */
  readonly rows: number;
  /** What the store says of the object. */
  readonly result: PutResult;
}

/**
 * Writes the rows of one table as another, a batch at a time. Nobody sees the object before all of it is there, and nothing
 * is left of one that fails. Types that the new format cannot hold are an error before anything is read.
 */
export async function tableToTable(
  from: OpenedFormat,
  to: { readonly format: Format; readonly store: ObjectStore; readonly key: string },
  options: TableToTableOptions = {},
): Promise<ConvertedTable> {
  const { schema, columns, compression, groupRows, writer: writing, onSchema, onRows, signal } = options;
  const call = { ...(signal && { signal }) };
  const opened = await from.format.openTable?.(from.target, { ...call, ...(schema && { schema }) });
  if (!opened) throw new TypeError(`Cannot read ${from.format.name} as a table`);
  await using reader = opened;
  const selected = selectFields(reader.schema, columns);
  onSchema?.(selected);
  const writer = await to.format.createTable?.(to.store, to.key, {
    ...writing,
    ...call,
    schema: selected,
    ...(compression !== undefined && { compression }),
    ...(groupRows !== undefined && { groupRows }),
  });
  if (!writer) throw new TypeError(`Cannot write ${to.format.name} as a table`);
  await using table = writer;
  let rows = 0;
  for await (const batch of reader.scan({ ...call, ...(columns && { columns }) })) {
    await table.write(batch);
    rows += batch.rows;
    onRows?.(batch.rows, batch.columns.reduce((bytes, column) => bytes + memoryOf(column), 0));
  }
  return { rows, result: await table.close() };
}

function memoryOf({ values, offsets, children = [] }: Column): number {
  const below = children.reduce((bytes, child) => bytes + memoryOf(child), 0);
  return (values?.byteLength ?? 0) + (offsets?.byteLength ?? 0) + below;
}
