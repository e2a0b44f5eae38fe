import { defineCommand } from "../program/command.ts";
import { option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { SIZE_UNITS } from "@lade/core/settings";
import { versionValue } from "../values/version_value.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { sizeValue } from "../values/size_value.ts";

const options = {
  offset: option(
    ["--offset"],
    sizeValue({ least: 0 }),
    0,
    "Start at this byte of each object instead of the first.",
  ),
  length: option(
    ["--length"],
    sizeValue({ least: 1 }),
    undefined,
    "Print at most this many bytes of each object.",
  ),
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Print this version of the one object, as ls --versions names it.",
  ),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "An object.", atLeastOne),
};

/** Options of `lade cat`. */
export type CatOptions = ValuesOf<typeof options>;

/** `lade cat`. */
export const cat = defineCommand({
  name: "cat",
  brief: "Print objects to standard output",
  description: `Prints objects one after the other, or a range of each. ${SIZE_UNITS}`,
  usage: "URI...",
  examples: [
    ["lade cat s3://bucket/notes.txt", "prints an object"],
    ["lade cat --version ID s3://bucket/notes.txt", "prints what it was before"],
    ["lade cat --offset 1G --length 8MiB s3://bucket/model.bin > piece", "takes 8 MiB out of the middle"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./cat_run.ts")).runCat,
});
