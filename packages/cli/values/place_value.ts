import { message } from "@optique/core/message";
import type { ValueParser } from "@optique/core/valueparser";

/** Configuration of {@linkcode placeValue}. */
export interface PlaceValueConfig {
  /** How the help calls it. */
  readonly metavar: "URI" | "SRC" | "DEST";
  /** `-` stands for standard input or output; else it is refused. */
  readonly dash: boolean;
}

/** Reads a URI or local path on the command line, as it stands; shells complete it as a file. */
export function placeValue(config: PlaceValueConfig): ValueParser<"sync", string> {
  return {
    mode: "sync",
    metavar: config.metavar,
    placeholder: "",
    parse(input) {
      if (input === "") return { success: false, error: message`A URI or path cannot be empty.` };
      if (input === "-" && !config.dash) {
        return { success: false, error: message`${"-"} is not possible here: a URI or path is needed.` };
      }
      return { success: true, value: input };
    },
    format: (place) => place,
    *suggest(prefix) {
      if (!prefix.includes("://")) yield { kind: "file", type: "any", pattern: prefix };
    },
  };
}

/** How many places a command needs that works on each of them. */
export const atLeastOne = { min: 1, errors: { tooFew: message`A URI or path is needed.` } };

/** How many places a command needs that has sources and a destination. */
export const sourcesAndDestination = {
  min: 2,
  errors: { tooFew: message`A source and a destination are needed.` },
};
