/**
 * Tables by columns, as Parquet, CSV, JSON lines and Arrow have them: schema, batches of rows, readers and writers.
 *
 * @module
 */
export * from "./schema.ts";
export * from "./column.ts";
export * from "./table_reader.ts";
export * from "./grouped_table.ts";
export * from "./table_writer.ts";
export * from "./value_layout.ts";
export * from "./validity.ts";
export * from "./date_text.ts";
export { formatDecimal, parseDecimal, readInt128, writeInt128 } from "./decimal.ts";
export * from "./value_at.ts";
export * from "./column_builder.ts";
export * from "./batch_builder.ts";
export * from "./select_columns.ts";
export * from "./slice_rows.ts";
export * from "./concat_batches.ts";
export * from "./rebatch.ts";
export * from "./compare_schemas.ts";
export * from "./schema_text.ts";
export * from "./parse_schema.ts";
export * from "./check_batch.ts";
export * from "./bytes_of_batch.ts";
