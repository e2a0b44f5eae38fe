import type { FormatName, TableWriterOptions } from "../registry/format.ts";

/** The options of a writer of text, which knows neither row groups nor, but by an object's name, compression: a `TypeError`. */
export function checkTextOptions(
  format: FormatName,
  { compression, groupRows, ...options }: TableWriterOptions,
): Omit<TableWriterOptions, "compression" | "groupRows"> {
  if (compression !== undefined) {
    throw new TypeError(`${format} is compressed by the name of its object, which ends in .gz or .zst`);
  }
  if (groupRows !== undefined) throw new TypeError(`${format} has no groups of rows`);
  return options;
}
