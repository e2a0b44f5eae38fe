import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { placeValue } from "../values/place_value.ts";

const options = object("Options", {
  recursive: withDefault(
    flag("-r", "--recursive", { description: message`List every level instead of one.` }),
    false,
  ),
  humanSizes: withDefault(
    flag("-H", "--human-readable", { description: message`Print sizes as 1.50 MiB instead of in bytes.` }),
    false,
  ),
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), {
      description:
        message`An object, a prefix, a container, or a scheme such as s3://, whose containers are listed; \
the working directory by default.`,
    }),
  ),
});

/** Options of `lade ls`. */
export type LsOptions = InferValue<typeof options>;

/** `lade ls`. */
export const ls = defineCommand({
  name: "ls",
  brief: message`List objects`,
  description:
    message`Prints time, size and name of each object, and PRE for each prefix. Names are relative to what \
is listed. A URI without a final slash names an object, or the prefix of that name; it is never a pattern.`,
  usage: "[URI...]",
  examples: [
    ["lade ls", "lists the working directory"],
    ["lade ls -r -H s3://bucket/data/", "lists everything under data/, sizes for people"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./ls_run.ts")).runLs,
});
