import type { PipedBytes } from "../source/piped_bytes.ts";
import { pipedText } from "../text/piped_text.ts";
import type { OpenCsvOptions } from "./csv_options.ts";
import { CsvReader } from "./csv_reader.ts";

/** `openCsv`, or `openTsv`, of bytes that come once: they can be scanned once. */
export async function openPipedCsv(
  bytes: PipedBytes,
  format: "csv" | "tsv",
  options: OpenCsvOptions = {},
): Promise<CsvReader> {
  const reader = await CsvReader.open(await pipedText(bytes), format, options);
  bytes.forget();
  return reader;
}
