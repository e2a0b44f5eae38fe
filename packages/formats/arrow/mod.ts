/**
 * Tables in Arrow's IPC format: files, whose batches and columns are read by ranges, and streams. Both are written, too,
 * and {@linkcode ArrowEncoder} makes messages for a socket.
 *
 * @module
 */
export * from "./open_arrow.ts";
export { ArrowFileReader } from "./arrow_file.ts";
export { ArrowStreamReader } from "./arrow_stream.ts";
export * from "./arrow_writer.ts";
export * from "./arrow_encoder.ts";
export type { PiecedColumn } from "./encode_column.ts";
export type { Codec } from "./batch_header.ts";
