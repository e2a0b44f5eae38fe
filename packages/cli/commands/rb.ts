import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = object("Options", {
  force: withDefault(
    flag("-f", "--force", { description: message`Remove every object in it first.` }),
    false,
  ),
  dryRun: withDefault(
    flag("--dry-run", { description: message`Print what would be removed, and remove nothing.` }),
    false,
  ),
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), { description: message`A container.` }),
    atLeastOne,
  ),
});

/** Options of `lade rb`. */
export type RbOptions = InferValue<typeof options>;

/** `lade rb`. */
export const rb = defineCommand({
  name: "rb",
  brief: message`Remove containers`,
  description:
    message`Removes containers. One that holds objects is left alone, unless -f says to empty it first.`,
  usage: "URI...",
  examples: [["lade rb s3://old-bucket", "removes an empty bucket"]],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./rb_run.ts")).runRb,
});
