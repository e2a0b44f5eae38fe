/**
 * Tables of cells (CSV, TSV) over any store: RFC 4180 in UTF-8, streamed, typed by a schema that is given or inferred.
 *
 * @module
 */
export { type CsvDialect, type CsvWriterOptions, type OpenCsvOptions } from "./csv_options.ts";
export { CsvReader, type Inferred } from "./csv_reader.ts";
export { createCsvWriter, createTsvWriter } from "./csv_writer.ts";
export { openCsv, openTsv } from "./open_csv.ts";
export { openPipedCsv } from "./piped_csv.ts";
