import { formatOption } from "./format_options.ts";
import { option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { integerValue } from "../values/plain_values.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { namesValue, schemaValue } from "../values/schema_value.ts";

/** What `lade head` takes. */
export const headOptions = {
  count: option(
    ["-n", "--lines"],
    integerValue({ metavar: "N", least: 1 }),
    10,
    "Show N rows, records or members, or of arrays so many elements; 10 by default.",
  ),
  columns: option(
    ["--columns"],
    namesValue,
    undefined,
    "Show these columns, such as id,name, in this order.",
  ),
  schema: option(
    ["--schema"],
    schemaValue,
    undefined,
    'What the columns of CSV, TSV, JSON lines, TFRecord and tar are, such as "id: int64, name: string?"; guessed from the first rows by default.',
  ),
  ...formatOption,
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object, or the prefix of a Zarr array or group.",
    atLeastOne,
  ),
};

/** What was given of it. */
export type HeadValues = ValuesOf<typeof headOptions>;
