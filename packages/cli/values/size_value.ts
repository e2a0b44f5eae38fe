import { parseSize } from "@lade/core/settings";
import type { Value } from "./value.ts";

/** Reads a size on the command line, in bytes; sizes below `least` are refused. */
export function sizeValue(config: { readonly least: number }): Value<number> {
  const { least } = config;
  return {
    metavar: "SIZE",
    placeholder: least,
    read(text) {
      const value = parseSize(text);
      const quoted = JSON.stringify(text);
      if (value === undefined) return { problem: `${quoted} is not a size such as 8MiB.` };
      return value < least ? { problem: `${quoted} is less than ${least}.` } : { value };
    },
    format: String,
  };
}
