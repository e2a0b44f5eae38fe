import { defineCommand } from "../program/command.ts";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = {
  force: flag(["-f", "--force"], "Remove every object in it first."),
  versions: flag(["--versions"], "With -f: remove all versions and delete markers in it, too."),
  dryRun: flag(["--dry-run"], "Print what would be removed, and remove nothing."),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "A container.", atLeastOne),
};

/** Options of `lade rb`. */
export type RbOptions = ValuesOf<typeof options>;

/** `lade rb`. */
export const rb = defineCommand({
  name: "rb",
  brief: "Remove containers",
  description: "Removes containers. One that holds objects is left alone, unless -f says to empty it first.",
  usage: "URI...",
  examples: [
    ["lade rb s3://old-bucket", "removes an empty bucket"],
    ["lade rb -f --versions s3://old-bucket", "removes a bucket with all it ever kept"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./rb_run.ts")).runRb,
});
