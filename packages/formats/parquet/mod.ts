/**
 * Parquet, read by columns and row groups, and written.
 *
 * @module
 */
export { openParquet, type OpenParquetOptions, ParquetReader } from "./parquet_reader.ts";
export type { Footer } from "./footer.ts";
export { createParquet, type CreateParquetOptions, ParquetWriter } from "./parquet_writer.ts";
