import type { ObjectStore } from "@lade/core";
import type { TableWriter } from "../table/table_writer.ts";
import { checkText } from "../table/check_text.ts";
import { formatFloat } from "../text/format_float.ts";
import { createTextWriter, TextOutput } from "../text/text_output.ts";
import { TextTableWriter } from "../text/text_table_writer.ts";
import type { Column, TableBatch } from "../table/column.ts";
import { bytesAt, valueAt } from "../table/value_at.ts";
import { hasValue } from "../table/validity.ts";
import { checkCellTypes } from "./csv_types.ts";
import { type CsvConfig, type CsvWriterOptions, resolveDialect } from "./csv_options.ts";
import { looksTyped } from "./infer_type.ts";

const QUOTE = 34;
const LF = 10;
const CR = 13;
const DECODER = new TextDecoder();

/**
 * Starts a table of cells, of a `.gz` or `.zst` object too, which `openCsv` reads as the same values. Rows end in LF. No
 * value is an empty cell, an empty text is `""`; text is in quotes where it has to be, and where it looks like a number,
 * date or truth value. Columns of bytes, lists and structs are a `TypeError`.
 */
export async function createCsvWriter(
  store: ObjectStore,
  key: string,
  options: CsvWriterOptions,
): Promise<TableWriter> {
  return await createCellWriter(store, key, "csv", options);
}

/** Starts a table of cells between tabs, otherwise as {@linkcode createCsvWriter} does. */
export async function createTsvWriter(
  store: ObjectStore,
  key: string,
  options: CsvWriterOptions,
): Promise<TableWriter> {
  return await createCellWriter(store, key, "tsv", options);
}

async function createCellWriter(
  store: ObjectStore,
  key: string,
  format: "csv" | "tsv",
  { schema, delimiter, header, quotes, ...options }: CsvWriterOptions,
): Promise<TableWriter> {
  checkCellTypes(schema, format);
  if (schema.fields.length === 0) throw new TypeError(`a ${format} without columns has no rows`);
  const config = resolveDialect(format, {
    ...(delimiter !== undefined && { delimiter }),
    ...(header !== undefined && { header }),
    ...(quotes !== undefined && { quotes }),
  });
  if (/[\w+\-.:]/.test(String.fromCharCode(config.delimiter))) {
    throw new TypeError(`${JSON.stringify(delimiter)} between cells would part numbers and dates`);
  }
  const output = new TextOutput();
  if (config.header) writeHeader(output, schema.fields.map(({ name }) => name), config);
  const writer = await createTextWriter(store, key, {
    ...(store.capabilities.attributes !== false &&
      { contentType: format === "csv" ? "text/csv" : "text/tab-separated-values" }),
    ...options,
  });
  return new TextTableWriter(writer, schema, output, (batch, to) => encoder(batch, to, config));
}

function encoder(batch: TableBatch, output: TextOutput, config: CsvConfig): (row: number) => void {
  const cells = batch.columns.map((column) => cellWriter(column, output, config));
  return (row) => {
    cells.forEach((write, place) => {
      if (place > 0) output.byte(config.delimiter);
      write(row);
    });
    output.byte(LF);
  };
}

function cellWriter(column: Column, output: TextOutput, config: CsvConfig): (row: number) => void {
  const { field: { type }, values } = column;
  const write = (encode: (row: number) => void) => (row: number) => {
    if (hasValue(column, row)) encode(row);
  };
  switch (type.kind) {
    case "string":
      checkText(column);
      return write((row) => writeText(output, bytesAt(column, row), config, false));
    case "float16":
    case "float32":
    case "float64": {
      const { kind } = type;
      return write((row) => output.ascii(formatFloat(Number(values?.[row]), kind)));
    }
    case "date":
    case "time":
    case "timestamp":
    case "decimal":
      return write((row) => output.ascii(String(valueAt(column, row))));
    case "bool":
      return write((row) => output.ascii(values?.[row] === 1 ? "true" : "false"));
    default:
      return write((row) => output.ascii(String(values?.[row])));
  }
}

function writeHeader(output: TextOutput, names: readonly string[], config: CsvConfig): void {
  names.forEach((name, place) => {
    if (!name.isWellFormed()) throw new TypeError(`the name of column ${place + 1} is no Unicode text`);
    if (place > 0) output.byte(config.delimiter);
    writeText(output, new TextEncoder().encode(name), config, true);
  });
  output.byte(LF);
}

function writeText(
  output: TextOutput,
  text: Uint8Array,
  { delimiter, quotes }: CsvConfig,
  isName: boolean,
): void {
  // A name that begins with a byte order mark would be taken for one of the text.
  let special = text.length === 0 || (isName && text[0] === 0xef);
  let inner = false;
  for (const byte of text) {
    if (byte === QUOTE) inner = true;
    else if (byte === delimiter || byte === LF || byte === CR) special = true;
  }
  if (!quotes) {
    if (!special) return output.bytes(text);
    const told = text.length === 0 ? "an empty text" : "a delimiter or line break in a text";
    throw new TypeError(`${told} cannot be written without quotes`);
  }
  if (!special && !inner && (isName || !mayLookTyped(text) || !looksTyped(DECODER.decode(text)))) {
    return output.bytes(text);
  }
  output.byte(QUOTE);
  if (!inner) output.bytes(text);
  else {
    for (const byte of text) {
      if (byte === QUOTE) output.byte(QUOTE);
      output.byte(byte);
    }
  }
  output.byte(QUOTE);
}

/** Whether a text begins as numbers, dates, truth values, `nan` and `inf` do. */
function mayLookTyped(text: Uint8Array): boolean {
  const first = text[0] ?? 0;
  if (first >= 48 && first <= 57) return true;
  return [43, 45, 46, 70, 73, 78, 84, 102, 105, 110, 116].includes(first) && text.length < 40;
}
