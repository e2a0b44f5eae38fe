import type { ObjectStore } from "@lade/core";
import { ObjectSource } from "../source/object_source.ts";
import { textOf } from "../text/text_source.ts";
import type { OpenCsvOptions } from "./csv_options.ts";
import { CsvReader } from "./csv_reader.ts";

/**
 * Opens a table of cells, also of a `.gz` or `.zst` object: RFC 4180, in UTF-8, with lines that end in LF or CRLF. Its
 * first rows are read, and the types of the columns inferred from them where no schema is given. A text that is no such
 * table is a `FormatError` with line and column; a column of a type that cannot be in it a `TypeError`.
 */
export async function openCsv(
  store: ObjectStore,
  key: string,
  options: OpenCsvOptions = {},
): Promise<CsvReader> {
  return await CsvReader.open(await openText(store, key, options), "csv", options);
}

/** Opens a table of cells between tabs, otherwise as {@linkcode openCsv} does. */
export async function openTsv(
  store: ObjectStore,
  key: string,
  options: OpenCsvOptions = {},
): Promise<CsvReader> {
  return await CsvReader.open(await openText(store, key, options), "tsv", options);
}

async function openText(store: ObjectStore, key: string, { signal }: OpenCsvOptions) {
  const call = { ...(signal && { signal }) };
  return await textOf(await ObjectSource.open(store, key, call), call);
}
