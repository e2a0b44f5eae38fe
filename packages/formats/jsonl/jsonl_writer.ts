import type { ObjectStore } from "@lade/core";
import type { Column, TableBatch } from "../table/column.ts";
import type { TableWriter } from "../table/table_writer.ts";
import { hasValue } from "../table/validity.ts";
import { bytesAt, itemRange, valueAt } from "../table/value_at.ts";
import { checkText } from "../table/check_text.ts";
import { formatFloat } from "../text/format_float.ts";
import { createTextWriter, TextOutput } from "../text/text_output.ts";
import { TextTableWriter } from "../text/text_table_writer.ts";
import type { JsonlWriterOptions } from "./jsonl_options.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const LF = 10;
const QUOTE = 34;

/**
 * Starts a table of JSON lines, of a `.gz` or `.zst` object too, which `openJsonl` reads by its schema as the same values.
 * What JSON has not is text: dates, times, decimals, bytes in base64, and the floats `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */
export async function createJsonlWriter(
  store: ObjectStore,
  key: string,
  { schema, ...options }: JsonlWriterOptions,
): Promise<TableWriter> {
  const writer = await createTextWriter(store, key, {
    ...(store.capabilities.attributes !== false && { contentType: "application/x-ndjson" }),
    ...options,
  });
  return new TextTableWriter(writer, schema, new TextOutput(), rowEncoder);
}

function rowEncoder(batch: TableBatch, output: TextOutput): (row: number) => void {
  const write = membersWriter(batch.columns, output);
  return (row) => {
    write(row);
    output.byte(LF);
  };
}

function membersWriter(columns: readonly Column[], output: TextOutput): (row: number) => void {
  const members = columns.map((column, place) => ({
    name: ENCODER.encode(`${place === 0 ? "" : ","}${JSON.stringify(column.field.name)}:`),
    write: valueWriter(column, output),
  }));
  return (row) => {
    output.byte(123);
    for (const { name, write } of members) {
      output.bytes(name);
      write(row);
    }
    output.byte(125);
  };
}

function valueWriter(column: Column, output: TextOutput): (row: number) => void {
  const write = writerOf(column, output);
  return (row) => hasValue(column, row) ? write(row) : output.ascii("null");
}

function writerOf(column: Column, output: TextOutput): (row: number) => void {
  const { field: { type }, values, children = [] } = column;
  switch (type.kind) {
    case "struct":
      return membersWriter(children, output);
    case "list": {
      const [items] = children;
      const write = items && valueWriter(items, output);
      return (row) => {
        const [from, to] = itemRange(column, row);
        output.byte(91);
        for (let at = from; at < to; at++) {
          if (at > from) output.byte(44);
          write?.(at);
        }
        output.byte(93);
      };
    }
    case "string":
      checkText(column);
      return (row) => writeText(output, bytesAt(column, row));
    case "binary":
    case "fixed-binary":
      return (row) => output.ascii(`"${bytesAt(column, row).toBase64()}"`);
    case "float16":
    case "float32":
    case "float64": {
      const { kind } = type;
      return (row) => {
        const value = Number(values?.[row]);
        output.ascii(Number.isFinite(value) ? formatFloat(value, kind) : `"${value}"`);
      };
    }
    case "bool":
      return (row) => output.ascii(values?.[row] === 1 ? "true" : "false");
    case "date":
    case "time":
    case "timestamp":
    case "decimal":
      return (row) => output.ascii(`"${valueAt(column, row)}"`);
    default:
      return (row) => output.ascii(String(values?.[row]));
  }
}

function writeText(output: TextOutput, text: Uint8Array): void {
  for (const byte of text) {
    if (byte >= 32 && byte !== QUOTE && byte !== 92) continue;
    return output.text(JSON.stringify(DECODER.decode(text)));
  }
  output.byte(QUOTE);
  output.bytes(text);
  output.byte(QUOTE);
}
