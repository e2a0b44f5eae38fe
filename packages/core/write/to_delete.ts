import type { ObjectToDelete } from "../contract/types.ts";

/** What `deleteMany` was given, in its long form. */
export function toDelete(object: string | ObjectToDelete): ObjectToDelete {
  return typeof object === "string" ? { key: object } : object;
}

/** Which object a result of `deleteMany` is about. */
export function deletedOf({ key, version }: ObjectToDelete): Pick<ObjectToDelete, "key" | "version"> {
  return version === undefined ? { key } : { key, version };
}
