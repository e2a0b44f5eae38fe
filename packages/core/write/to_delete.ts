import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectToDelete } from "../contract/types.ts";

/**
 * What `deleteMany` was given, in its long form and as it is now. What was listed or looked at stands for its object, not for
 * the version that it was then, which would be gone for good; what `listVersions` gave for that version. What names no
 * object is a `TypeError`.
 */
export function toDelete(object: string | ObjectToDelete): ObjectToDelete {
  if (typeof object === "string") return { key: object };
  if (typeof object === "object" && typeof object?.key === "string") {
    if ("isLatest" in object) return deletedOf(object);
    return "lastModified" in object ? { key: object.key } : takeOptions(object);
  }
  throw new TypeError(
    `Cannot delete a value of type ${typeof object}: a key, or an object with one, is needed`,
  );
}

/** Throws a `TypeError` for a single text, whose characters are not meant, and for what is no list. */
export function checkObjects(
  objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
): void {
  const isList = typeof objects === "object" && objects !== null &&
    (Symbol.asyncIterator in objects || Symbol.iterator in objects);
  if (!isList) throw new TypeError(`Cannot delete each of a ${typeof objects}: a list of keys is needed`);
}

/** Which object a result of `deleteMany` is about. */
export function deletedOf({ key, version }: ObjectToDelete): Pick<ObjectToDelete, "key" | "version"> {
  return version === undefined ? { key } : { key, version };
}
