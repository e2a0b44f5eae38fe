import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { treeOptions, writeOptions } from "../transfer/transfer_options.ts";
import { placeValue, sourcesAndDestination } from "../values/place_value.ts";

const places = object({
  places: multiple(
    argument(placeValue({ metavar: "SRC", dash: false }), {
      description: message`What to move, one or several, and last where to: URIs or local paths.`,
    }),
    sourcesAndDestination,
  ),
});
const options = merge("Options", treeOptions, writeOptions, places);

/** Options of `lade mv`. */
export type MvOptions = InferValue<typeof options>;

/** `lade mv`. */
export const mv = defineCommand({
  name: "mv",
  brief: message`Move objects`,
  description:
    message`Moves between any two stores; DEST is read as cp reads it. Within one store an object is \
renamed. Between stores it is copied, the copy is compared with the source, and only then the source is removed.`,
  usage: "SRC... DEST",
  examples: [
    ["lade mv s3://bucket/a.bin s3://bucket/b.bin", "renames an object"],
    ["lade mv -r checkpoints/ s3://bucket/checkpoints/", "moves a directory to a bucket"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./mv_run.ts")).runMv,
});
