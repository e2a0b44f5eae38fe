import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = object("Options", {
  recursive: withDefault(
    flag("-r", "--recursive", { description: message`Remove everything under a prefix.` }),
    false,
  ),
  force: withDefault(
    flag("-f", "--force", { description: message`Take a missing object for removed.` }),
    false,
  ),
  dryRun: withDefault(
    flag("--dry-run", { description: message`Print what would be removed, and remove nothing.` }),
    false,
  ),
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), {
      description: message`An object, or with -r a prefix.`,
    }),
    atLeastOne,
  ),
});

/** Options of `lade rm`. */
export type RmOptions = InferValue<typeof options>;

/** `lade rm`. */
export const rm = defineCommand({
  name: "rm",
  brief: message`Remove objects`,
  description:
    message`Removes objects. An object that does not exist is an error, so that a typing error does not pass \
for success; with -f it is not, and no object is looked up first.`,
  usage: "URI...",
  examples: [
    ["lade rm s3://bucket/old.bin", "removes one object"],
    ["lade rm -r --dry-run s3://bucket/tmp/", "shows what rm -r would remove"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./rm_run.ts")).runRm,
});
