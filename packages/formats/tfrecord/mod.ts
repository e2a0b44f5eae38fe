/**
 * TFRecord: records one after the other, each with the masked CRC-32C of its length and of its bytes, all of which are
 * compared and written.
 *
 * @module
 */
export * from "./record_batch.ts";
export { readRecords } from "./read_records.ts";
export { readPipedRecords } from "./piped_records.ts";
export type { ReadRecordsOptions, RecordCompression } from "./record_compression.ts";
export * from "./record_index.ts";
export * from "./record_file.ts";
export * from "./index_file.ts";
export { buildIndex } from "./build_index.ts";
export { formatIndexText, type IndexedObject, parseIndexText } from "./index_text.ts";
export {
  createRecordWriter,
  type RecordWriter,
  type RecordWriterOptions,
  type WrittenRecords,
} from "./record_writer.ts";
