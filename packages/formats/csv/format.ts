import { textFormat } from "../text/text_format.ts";
import { CsvReader } from "./csv_reader.ts";
import { createCsvWriter, createTsvWriter } from "./csv_writer.ts";

function cells(name: "csv" | "tsv") {
  return textFormat({
    name,
    open: (text, options) => CsvReader.open(text, name, options),
    async openUntyped(text, options) {
      const { schema } = await CsvReader.open(text, name, options);
      const fields = schema.fields.map((field) => ({ ...field, type: { kind: "string" as const } }));
      return await CsvReader.open(text, name, { ...options, schema: { fields } });
    },
    create: name === "csv" ? createCsvWriter : createTsvWriter,
  });
}

/** What commands ask of csv. */
export const format = cells("csv");

/** What commands ask of tsv. */
export const tsvFormat = cells("tsv");
