import type { ObjectStore } from "@lade/core";
import { ObjectSource } from "../source/object_source.ts";
import { textOf } from "../text/text_source.ts";
import type { OpenJsonlOptions } from "./jsonl_options.ts";
import { JsonlReader } from "./jsonl_reader.ts";

/**
 * Opens a table of JSON lines, also of a `.gz` or `.zst` object: an object of RFC 8259 in each line, in UTF-8. The first
 * ones are read, and the types of the columns inferred from them where no schema is given. A line that is none, a name that
 * is twice in an object, and a value that is none of its column's type are a `FormatError` with line and column.
 */
export async function openJsonl(
  store: ObjectStore,
  key: string,
  options: OpenJsonlOptions = {},
): Promise<JsonlReader> {
  const call = { ...(options.signal && { signal: options.signal }) };
  return await JsonlReader.open(await textOf(await ObjectSource.open(store, key, call), call), options);
}
