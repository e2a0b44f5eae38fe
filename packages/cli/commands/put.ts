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
        message`What to upload, one or several, and last where to. A source is a local path or file URI, or \
- for standard input.`,
    }),
    sourcesAndDestination,
  ),
});
const options = merge("Options", treeOptions, writeOptions, contentOptions, places);

/** Options of `lade put`. */
export type PutOptions = InferValue<typeof options>;

/** `lade put`. */
export const put = defineCommand({
  name: "put",
  brief: message`Upload files`,
  description:
    message`Uploads files, or with -r everything under a directory; URI is read as cp reads its DEST. \
Nobody sees an object before all of it is there.`,
  usage: "SRC... URI",
  examples: [
    ["lade put model.bin s3://bucket/models/", "uploads to s3://bucket/models/model.bin"],
    ["tar c data | lade put --zstd 3 - s3://bucket/data.tar", "uploads to s3://bucket/data.tar.zst"],
    ["lade put -r data/ s3://bucket/data/", "uploads everything under data/"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./put_run.ts")).runPut,
});
