import { defineCommand } from "../program/command.ts";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = {
  dryRun: flag(["--dry-run"], "Print what would be made, and make nothing."),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "A container.", atLeastOne),
};

/** Options of `lade mb`. */
export type MbOptions = ValuesOf<typeof options>;

/** `lade mb`. */
export const mb = defineCommand({
  name: "mb",
  brief: "Make containers",
  description: "Makes containers: buckets, or directories of a local store.",
  usage: "URI...",
  examples: [["lade mb s3://new-bucket", "makes a bucket"]],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./mb_run.ts")).runMb,
});
