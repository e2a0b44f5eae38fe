/**
 * Tables by columns, as Parquet, CSV, JSON lines and Arrow have them: schema, batches of rows, readers and writers.
 *
 * @module
 */
export * from "./schema.ts";
export * from "./column.ts";
export * from "./table_reader.ts";
export * from "./table_writer.ts";
