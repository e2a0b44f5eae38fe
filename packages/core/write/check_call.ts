import { checkVersion } from "../conditions/check_version.ts";
import { checkEtags, checkWriteOptions } from "../conditions/conditions.ts";
import type { CallName } from "../errors/store_error.ts";
import type { Capabilities } from "../contract/capabilities.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { CopyOptions, GetOptions, ObjectAttributes, PartWriterOptions } from "../contract/types.ts";
import { UnsupportedError } from "../errors/errors.ts";
import { checkKey, objectUri } from "../uri/check_key.ts";
import { ATTRIBUTE_NAMES } from "./attribute_names.ts";
import { checkMetadataNames } from "./check_metadata_names.ts";
import { checkWriterOptions } from "./check_writer_options.ts";

/** A call of a store about one key. */
export interface KeyCall extends CallName {
  /** The call is to create, never to replace. */
  readonly createOnly: boolean;
}

/** The options of a call that are checked. */
export type CheckedOptions = GetOptions & PartWriterOptions;

/** What a call may ask of a store that not every one has. */
const ASKED: readonly {
  readonly option: keyof CheckedOptions;
  readonly flag: keyof Capabilities;
  readonly what: string;
}[] = [
  { option: "version", flag: "versions", what: "versions" },
  { option: "tags", flag: "tags", what: "tags" },
  { option: "storageClass", flag: "storageClass", what: "storage classes" },
  { option: "expires", flag: "expires", what: "time at which caches drop an object" },
  { option: "lastModified", flag: "modificationTime", what: "times but its own" },
  { option: "resumable", flag: "resumableWrites", what: "resumable writes" },
];

/**
 * Checks a call before it does anything: its key, its signal, and that the store has what the options ask for. Gives what
 * errors and requests say of it. `operation` is a verb phrase that reads before the URI.
 */
export function checkCall(
  store: Pick<ObjectStore, "uri" | "capabilities" | "keyFault">,
  operation: string,
  key: string,
  given: CheckedOptions = {},
): KeyCall {
  checkKey(operation, store, key);
  given.signal?.throwIfAborted();
  const uri = objectUri(store.uri, key);
  checkVersion(operation, uri, given.version);
  checkEtags({ operation, uri }, given);
  for (const { option, flag, what } of ASKED) {
    const asked = given[option];
    if (asked === undefined || asked === false || store.capabilities[flag] !== false) continue;
    throw new UnsupportedError({ operation, uri, detail: `the store has no ${what}` });
  }
  if (store.capabilities.attributes === false) {
    const attribute = ATTRIBUTE_NAMES.find((name) => says(given[name]));
    if (attribute) throw new UnsupportedError({ operation, uri, detail: `the store keeps no ${attribute}` });
  }
  return { operation, uri, createOnly: given.ifNoneMatch === "*" };
}

/** Does what {@linkcode checkCall} does for a write, and checks its conditions, times, sizes and names of metadata. */
export function checkWriteCall(
  store: Pick<ObjectStore, "uri" | "capabilities" | "keyFault" | "metadataNameFault">,
  operation: string,
  key: string,
  given: CheckedOptions & Pick<CopyOptions, "sourceIfMatch">,
): KeyCall {
  const call = checkCall(store, operation, key, given);
  checkWriteOptions(call, given);
  checkWriterOptions(given);
  checkMetadataNames(call, store, given);
  return call;
}

/** Metadata without any name says nothing. */
function says(value: ObjectAttributes[keyof ObjectAttributes]): boolean {
  return typeof value === "string" || value instanceof Date || Object.keys(value ?? {}).length > 0;
}
