import { checkOptions, optionWords } from "@lade/core/backend";
import { DATASET_KINDS } from "../manifest/kinds.ts";

const KNOWN = {
  kind: "any",
  fields: "any",
  index: "boolean",
  schema: "any",
  manifest: "boolean",
  onLeftOut: "function",
  signal: "signal",
} as const;

/** Throws a `TypeError` for an option that is not known, a kind that there is not, and fields that are no list of names. */
export function checkDatasetOptions(
  options: { readonly kind?: string; readonly fields?: readonly string[] },
): void {
  const refuse = (what: string) => new TypeError(`Cannot open a data set ${what}`);
  checkOptions("open a data set", options, KNOWN);
  const { kind, fields } = options;
  if (kind !== undefined && !DATASET_KINDS.includes(kind)) {
    throw refuse(`of kind ${optionWords(kind)}: it is one of ${DATASET_KINDS.join(", ")}`);
  }
  const isList = Array.isArray(fields) && fields.length > 0 &&
    fields.every((name) => typeof name === "string");
  if (fields !== undefined && !isList) {
    throw refuse(`with fields ${JSON.stringify(fields)}: a list of names is needed, or none for all`);
  }
}
