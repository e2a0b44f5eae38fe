import { formatOption, formatTreeOptions } from "./format_options.ts";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

/** What `lade show` takes. */
export const showOptions = {
  ...formatOption,
  long: flag(["-l", "--long"], "Show all of each object, also of several."),
  ...formatTreeOptions,
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object, the prefix of a Zarr array or group, or a prefix or directory with objects of any format.",
    atLeastOne,
  ),
};

/** What was given of it. */
export type ShowValues = ValuesOf<typeof showOptions>;
