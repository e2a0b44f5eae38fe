import type { CallName } from "../errors/store_error.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectAttributes } from "../contract/types.ts";
import { InvalidNameError } from "../errors/errors.ts";

/** Why no store at all can hold metadata of this name: it is empty or ill-formed Unicode. `undefined` where one may. */
export function commonMetadataNameFault(name: string): string | undefined {
  if (name === "") return "the name is empty";
  return name.isWellFormed() ? undefined : "the name is not valid Unicode";
}

/**
 * Throws an `InvalidNameError` for metadata of a name that a store has a rule against, and for two names that are one in
 * lower case.
 */
export function checkMetadataNames(
  subject: CallName,
  store: Pick<ObjectStore, "metadataNameFault">,
  { metadata }: Pick<ObjectAttributes, "metadata">,
): void {
  const names = new Map<string, string>();
  for (const name in metadata) {
    const stored = name.toLowerCase();
    const other = names.get(stored);
    names.set(stored, name);
    const fault = store.metadataNameFault(name) ??
      (other === undefined ? undefined : `${JSON.stringify(other)} is the same name in lower case`);
    if (fault === undefined) continue;
    throw new InvalidNameError({ ...subject, detail: `metadata ${JSON.stringify(name)}: ${fault}` });
  }
}
