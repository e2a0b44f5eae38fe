import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { formatOption, formatTreeOptions } from "./format_options.ts";

/** What `lade index` takes. */
export const indexOptions = {
  check: flag(
    ["--check"],
    "Write nothing, say of each index whether it is current, stale or missing, and exit with 1 unless all are current.",
  ),
  ...formatOption,
  ...formatTreeOptions,
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "A TFRecord or tar object, or a prefix or directory with such.",
    atLeastOne,
  ),
};

/** What was given of it. */
export type IndexValues = ValuesOf<typeof indexOptions>;
