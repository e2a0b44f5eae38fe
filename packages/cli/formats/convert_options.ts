import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { writeOptions } from "../transfer/transfer_options.ts";
import { integerValue, sizeValue, textValue } from "../values/plain_values.ts";
import { placeValue, sourcesAndDestination } from "../values/place_value.ts";
import { namesValue, schemaValue } from "../values/schema_value.ts";
import { formatValue } from "./format_options.ts";

/** What `lade convert` takes. */
export const convertOptions = {
  from: option(["--from"], formatValue, undefined, "What FROM is, where its name and bytes do not say it."),
  to: option(["--to"], formatValue, undefined, "What to write, where the name of TO does not say it."),
  columns: option(
    ["--columns"],
    namesValue,
    undefined,
    "Take these columns, or of npz these arrays, such as id,name, in this order.",
  ),
  schema: option(
    ["--schema"],
    schemaValue,
    undefined,
    'What the columns of FROM are where it is CSV, TSV, JSON lines, TFRecord or tar, such as "id: int64, name: string?"; guessed from the \
first rows by default.',
  ),
  compression: option(
    ["--compression"],
    textValue("NAME"),
    undefined,
    "Compress within the format: Parquet by none, snappy, gzip, brotli or zstd (the default, with a level zstd:9), Arrow by \
zstd or none. CSV, JSON lines and TFRecord are compressed by a name that ends in .gz, text by .zst too.",
  ),
  groupRows: option(
    ["--group-rows"],
    integerValue({ metavar: "N", least: 1, most: 2 ** 31 - 1 }),
    undefined,
    "Write N rows to a row group or record batch.",
  ),
  shardSize: option(
    ["--shard-size"],
    sizeValue({ least: 1 }),
    undefined,
    "Write files to archives or objects of at most so many bytes, each with its number in place of %06d in TO, or before the \
end of its name.",
  ),
  noIndex: flag(["--no-index"], "Write no index beside what holds files."),
  noClobber: writeOptions.noClobber,
  places: restOfArguments(
    placeValue({ metavar: "FROM", dash: false }),
    "What to convert, and then where to: TO. With --to, a prefix keeps the name of FROM, with the end of that format.",
    sourcesAndDestination,
  ),
};

/** What was given of it. */
export type ConvertValues = ValuesOf<typeof convertOptions>;
