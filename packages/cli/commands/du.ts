import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, flag, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand } from "../program/command.ts";
import { placeValue } from "../values/place_value.ts";

const options = object("Options", {
  humanSizes: withDefault(
    flag("-H", "--human-readable", { description: message`Print sizes as 1.50 MiB instead of in bytes.` }),
    false,
  ),
  maxDepth: withDefault(
    option("-d", "--max-depth", integer({ metavar: "N", min: 0 }), {
      description: message`Sum up also the prefixes down to N levels below; 0 by default.`,
    }),
    0,
  ),
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), {
      description: message`A prefix, a container or an object; the working directory by default.`,
    }),
  ),
});

/** Options of `lade du`. */
export type DuOptions = InferValue<typeof options>;

/** `lade du`. */
export const du = defineCommand({
  name: "du",
  brief: message`Sum up sizes`,
  description: message`Prints for each URI the bytes and the number of its objects.`,
  usage: "[URI...]",
  examples: [["lade du -H -d 1 s3://bucket/data/", "sums up data/ and each prefix in it"]],
  options,
  whenUnread: "ends",
  load: async () => (await import("./du_run.ts")).runDu,
});
