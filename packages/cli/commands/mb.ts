import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = object("Options", {
  dryRun: withDefault(
    flag("--dry-run", { description: message`Print what would be made, and make nothing.` }),
    false,
  ),
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), { description: message`A container.` }),
    atLeastOne,
  ),
});

/** Options of `lade mb`. */
export type MbOptions = InferValue<typeof options>;

/** `lade mb`. */
export const mb = defineCommand({
  name: "mb",
  brief: message`Make containers`,
  description: message`Makes containers: buckets, or directories of a local store.`,
  usage: "URI...",
  examples: [["lade mb s3://new-bucket", "makes a bucket"]],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./mb_run.ts")).runMb,
});
