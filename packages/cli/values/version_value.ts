import type { Value } from "./value.ts";

/** Reads the name of a version; an empty one, as of a variable that is not set, would stand for none. */
export const versionValue: Value<string> = {
  metavar: "ID",
  placeholder: "",
  read: (value) => value === "" ? { problem: "A version cannot be empty." } : { value },
  format: (version) => version,
};
