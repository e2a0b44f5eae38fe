import { textFormat } from "../text/text_format.ts";
import { JsonlReader } from "./jsonl_reader.ts";
import { createJsonlWriter } from "./jsonl_writer.ts";

/** What commands ask of JSON lines. */
export const format = textFormat({
  name: "jsonl",
  open: (text, options) => JsonlReader.open(text, options),
  openUntyped: (text, options) => JsonlReader.open(text, { ...options, schema: { fields: [] } }),
  create: createJsonlWriter,
});
