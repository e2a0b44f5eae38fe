import type { Value } from "./value.ts";

/** Reads `name=value` on the command line; names are stored in lower case. */
export const metadataValue: Value<readonly [name: string, value: string]> = {
  metavar: "NAME=VALUE",
  placeholder: ["", ""],
  read(text) {
    const [, name, value] = /^([A-Za-z0-9_-]+)=(.*)$/s.exec(text) ?? [];
    return name === undefined || value === undefined
      ? { problem: `${JSON.stringify(text)} is not of the form name=value.` }
      : { value: [name.toLowerCase(), value] };
  },
  format: ([name, value]) => `${name}=${value}`,
};
