import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = object("Options", {
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), { description: message`An object.` }),
    atLeastOne,
  ),
});

/** Options of `lade stat`. */
export type StatOptions = InferValue<typeof options>;

/** `lade stat`. */
export const stat = defineCommand({
  name: "stat",
  brief: message`Show everything known of objects`,
  description:
    message`Prints size, time, etag, checksums, attributes and metadata, as far as the store tells them.`,
  usage: "URI...",
  examples: [["lade stat --json s3://bucket/model.bin", "prints one line of JSON"]],
  options,
  whenUnread: "ends",
  load: async () => (await import("./stat_run.ts")).runStat,
});
