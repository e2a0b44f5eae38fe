import { option } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";

/** Options of every command whose plan may be saved. */
export const planOptions = {
  savePlan: option(
    ["--save-plan"],
    placeValue({ metavar: "FILE", dash: false }),
    undefined,
    "Do nothing, and write what would be done to this new file, which lade run --plan executes.",
  ),
};
