import { nearUriAdvice } from "@lade/core/text";
import type { Value } from "./value.ts";

/** Configuration of {@linkcode placeValue}. */
export interface PlaceValueConfig {
  /** How the help calls it. */
  readonly metavar: "URI" | "SRC" | "SOURCE" | "FROM" | "DEST" | "FILE";
  /** `-` stands for standard input or output; else it is refused. */
  readonly dash: boolean;
}

/** Reads a URI or local path on the command line, as it stands; shells complete it as a file. */
export function placeValue({ metavar, dash }: PlaceValueConfig): Value<string> {
  return {
    metavar,
    placeholder: "",
    isPlace: true,
    read(text) {
      if (text === "") return { problem: "A URI or path cannot be empty." };
      const advice = nearUriAdvice(text);
      if (advice !== undefined) return { problem: `${JSON.stringify(text)} is no place: ${advice}.` };
      return text === "-" && !dash
        ? { problem: '"-" is not possible here: a URI or path is needed.' }
        : { value: text };
    },
    format: (place) => place,
  };
}

/** How many places a command needs that works on each of them. */
export const atLeastOne = { least: 1, tooFew: "A URI or path is needed." };

/** How many places a command needs that has sources and a destination. */
export const sourcesAndDestination = { least: 2, tooFew: "A source and a destination are needed." };
