import type { ObjectAttributes } from "../contract/types.ts";
import { ATTRIBUTE_NAMES } from "./attribute_names.ts";

/**
 * The attributes among options of a write, or of what is known of an object: what has to be written with a copy of it
 * for it to be described alike. Tags, which no info holds, are asked for.
 */
export function attributesOf(
  described: { readonly [Name in keyof ObjectAttributes]?: ObjectAttributes[Name] | undefined },
): ObjectAttributes {
  const known = ATTRIBUTE_NAMES.filter((name) => described[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, described[name]]));
}
