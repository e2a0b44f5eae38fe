import { formatOption, formatTreeOptions } from "./format_options.ts";
import { restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

/** What `lade verify` takes. */
export const verifyOptions = {
  ...formatOption,
  ...formatTreeOptions,
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object, the prefix of a Zarr array or group, or a prefix or directory with objects of any format.",
    atLeastOne,
  ),
};

/** What was given of it. */
export type VerifyValues = ValuesOf<typeof verifyOptions>;
