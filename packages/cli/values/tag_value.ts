import type { Value } from "./value.ts";

/** Reads `name=value` on the command line, of which the name is what stands before the first `=`. */
export const tagValue: Value<readonly [name: string, value: string]> = {
  metavar: "NAME=VALUE",
  placeholder: ["", ""],
  read(text) {
    const at = text.indexOf("=");
    return at < 1
      ? { problem: `${JSON.stringify(text)} is not of the form name=value.` }
      : { value: [text.slice(0, at), text.slice(at + 1)] };
  },
  format: ([name, value]) => `${name}=${value}`,
};
