import { message } from "@optique/core/message";
import type { ValueParser } from "@optique/core/valueparser";
import { parseSize } from "./parse_size.ts";

/** Reads a size on the command line, in bytes; sizes below `least` are refused. */
export function sizeValue(config: { readonly least: number }): ValueParser<"sync", number> {
  const { least } = config;
  return {
    mode: "sync",
    metavar: "SIZE",
    placeholder: least,
    parse(input) {
      const size = parseSize(input);
      if (size === undefined) return { success: false, error: message`${input} is not a size such as 8MiB.` };
      if (size < least) return { success: false, error: message`${input} is less than ${String(least)}.` };
      return { success: true, value: size };
    },
    format: String,
  };
}
