import { defineCommand } from "../program/command.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { integerValue } from "../values/integer_value.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  humanSizes: flag(["-H", "--human-readable"], "Print sizes as 1.50 MiB instead of in bytes."),
  maxDepth: option(
    ["-d", "--max-depth"],
    integerValue({ metavar: "N", least: 0 }),
    0,
    "Sum up also the prefixes down to N levels below; 0 by default.",
  ),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "A prefix, a container or an object; the working directory by default.",
  ),
};

/** Options of `lade du`. */
export type DuOptions = ValuesOf<typeof options>;

/** `lade du`. */
export const du = defineCommand({
  name: "du",
  brief: "Sum up sizes",
  description: "Prints for each URI the bytes and the number of its objects.",
  usage: "[URI...]",
  examples: [["lade du -H -d 1 s3://bucket/data/", "sums up data/ and each prefix in it"]],
  options,
  whenUnread: "ends",
  load: async () => (await import("./du_run.ts")).runDu,
});
