import { message } from "@optique/core/message";
import type { ValueParser } from "@optique/core/valueparser";

/** Reads `name=value` on the command line; names are stored in lower case. */
export function metadataValue(): ValueParser<"sync", readonly [name: string, value: string]> {
  return {
    mode: "sync",
    metavar: "NAME=VALUE",
    placeholder: ["", ""],
    parse(input) {
      const [, name, value] = /^([A-Za-z0-9_-]+)=(.*)$/s.exec(input) ?? [];
      if (name === undefined || value === undefined) {
        return { success: false, error: message`${input} is not of the form name=value.` };
      }
      return { success: true, value: [name.toLowerCase(), value] };
    },
    format: ([name, value]) => `${name}=${value}`,
  };
}
