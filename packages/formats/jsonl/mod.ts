/**
 * Tables of JSON lines over any store: an object in each line, streamed, typed by a schema that is given or inferred.
 *
 * @module
 */
export type { JsonlWriterOptions, OpenJsonlOptions } from "./jsonl_options.ts";
export { JsonlReader } from "./jsonl_reader.ts";
export { createJsonlWriter } from "./jsonl_writer.ts";
export { openJsonl } from "./open_jsonl.ts";
export { openPipedJsonl } from "./piped_jsonl.ts";
