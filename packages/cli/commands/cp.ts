import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { contentOptions, treeOptions, writeOptions } from "../transfer/transfer_options.ts";
import { placeValue, sourcesAndDestination } from "../values/place_value.ts";

const places = object({
  places: multiple(
    argument(placeValue({ metavar: "SRC", dash: true }), {
      description:
        message`What to copy, one or several, and last where to. Each is a URI, a local path, or - for \
standard input or output.`,
    }),
    sourcesAndDestination,
  ),
});
const options = merge("Options", treeOptions, writeOptions, contentOptions, places);

/** Options of `lade cp`. */
export type CpOptions = InferValue<typeof options>;

/** `lade cp`. */
export const cp = defineCommand({
  name: "cp",
  brief: message`Copy objects`,
  description:
    message`Copies between any two stores. A DEST that ends in a slash, a container or an existing local \
directory takes the source under its own name; any other DEST is the name itself. With -r everything under SRC goes \
under DEST, names below SRC kept, whether or not SRC or DEST ends in a slash.`,
  usage: "SRC... DEST",
  examples: [
    ["lade cp model.bin s3://bucket/models/", "copies to s3://bucket/models/model.bin"],
    ["lade cp -r s3://bucket/data/ gs://other/data/", "copies everything under data/"],
    ["lade cp --zstd 3 log.txt s3://bucket/logs/", "copies to s3://bucket/logs/log.txt.zst"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./cp_run.ts")).runCp,
});
