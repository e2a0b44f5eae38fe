/**
 * Parquet, read by columns and row groups, and written.
 *
 * @module
 */
export { openParquet, type OpenParquetOptions, ParquetReader } from "./parquet_reader.ts";
export type { Footer } from "./footer.ts";
export { createParquetWriter, ParquetWriter, type ParquetWriterOptions } from "./parquet_writer.ts";
