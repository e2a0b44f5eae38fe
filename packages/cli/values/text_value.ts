import type { Value } from "./value.ts";

/** Reads any text, as it stands. */
export function textValue(metavar: string): Value<string> {
  return { metavar, placeholder: "", read: (value) => ({ value }), format: (value) => value };
}
