/**
 * Generated data for benchmarks: any part of any object is made, and checked, by itself, in parts that repeat and compress by
 * chosen factors.
 *
 * @module
 */
export type { DataSourceOptions } from "./data_options.ts";
export { DataReader } from "./data_reader.ts";
export { DataSource } from "./data_source.ts";
export type { ObjectId } from "./unit_contents.ts";
