import { ATTRIBUTE_NAMES, type CallName, type ObjectAttributes, UnsupportedError } from "@lade/core/backend";

/** Refuses attributes, which local files do not keep: an `UnsupportedError` that names the first. */
export function refuseAttributes(subject: CallName, given: ObjectAttributes): void {
  const attribute = ATTRIBUTE_NAMES.find((name) => says(given[name]));
  if (attribute) throw new UnsupportedError({ ...subject, detail: `files keep no ${attribute}` });
}

/** Metadata and tags without any name say nothing. */
function says(value: ObjectAttributes[keyof ObjectAttributes]): boolean {
  return typeof value === "string" || value instanceof Date || Object.keys(value ?? {}).length > 0;
}
