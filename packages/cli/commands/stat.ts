import { defineCommand } from "../program/command.ts";
import { option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { versionValue } from "../values/version_value.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = {
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Show this version of the one object, as ls --versions names it.",
  ),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "An object.", atLeastOne),
};

/** Options of `lade stat`. */
export type StatOptions = ValuesOf<typeof options>;

/** `lade stat`. */
export const stat = defineCommand({
  name: "stat",
  brief: "Show everything known of objects",
  description: "Prints size, time, etag, checksums, attributes and metadata, as far as the store tells them.",
  usage: "URI...",
  examples: [["lade stat --json s3://bucket/model.bin", "prints one line of JSON"]],
  options,
  whenUnread: "ends",
  load: async () => (await import("./stat_run.ts")).runStat,
});
