import { object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, option } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { SIZE_UNITS } from "../values/parse_size.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { sizeValue } from "../values/size_value.ts";

const options = object("Options", {
  offset: withDefault(
    option("--offset", sizeValue({ least: 0 }), {
      description: message`Start at this byte of each object instead of the first.`,
    }),
    0,
  ),
  length: optional(
    option("--length", sizeValue({ least: 1 }), {
      description: message`Print at most this many bytes of each object.`,
    }),
  ),
  uris: multiple(
    argument(placeValue({ metavar: "URI", dash: false }), { description: message`An object.` }),
    atLeastOne,
  ),
});

/** Options of `lade cat`. */
export type CatOptions = InferValue<typeof options>;

/** `lade cat`. */
export const cat = defineCommand({
  name: "cat",
  brief: message`Print objects to standard output`,
  description: message`Prints objects one after the other, or a range of each. ${text(SIZE_UNITS)}`,
  usage: "URI...",
  examples: [
    ["lade cat s3://bucket/notes.txt", "prints an object"],
    ["lade cat --offset 1G --length 8MiB s3://bucket/model.bin > piece", "takes 8 MiB out of the middle"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./cat_run.ts")).runCat,
});
