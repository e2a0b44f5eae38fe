import type { ObjectAttributes } from "../contract/types.ts";
import { ATTRIBUTE_NAMES } from "./attribute_names.ts";

/**
 * The attributes among options of a write, or of what is known of an object: what has to be written with a copy of it
 * for it to be described alike. Tags, which no info holds, are asked for.
 */
export function attributesOf(
  described: { readonly [Name in keyof ObjectAttributes]?: ObjectAttributes[Name] | undefined },
): ObjectAttributes {
  // Step by step: of a small object this is asked for several times.
  const known: { -readonly [Name in keyof ObjectAttributes]?: unknown } = {};
  for (const name of ATTRIBUTE_NAMES) {
    const value = described[name];
    if (value !== undefined) known[name] = value;
  }
  return known as ObjectAttributes;
}
