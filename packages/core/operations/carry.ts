import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectAttributes, ObjectInfo, ObjectMeta, PutOptions } from "../contract/types.ts";
import { PermissionDeniedError } from "../errors/errors.ts";
import { attributesOf } from "../write/attributes_of.ts";
import { contentTypeOf } from "./content_type.ts";
import { formatModificationTime, isModificationTime, readModificationTime } from "./modification_time.ts";

/** Something of an object that its copy lacks. */
export interface Dropped {
  /** What it is: the name of an attribute, or `modificationTime`. */
  readonly name: keyof ObjectAttributes | "modificationTime";
  /** Why, in words that follow a colon. */
  readonly reason: string;
}

/** What decides on the attributes of a copy. */
export interface CarryOptions extends ObjectAttributes {
  /**
   * Dates the copy as its source, where both are local; keeps the time in the metadata `mtime` where a local file goes to
   * a store that has metadata, and sets it on the file where it comes back. True by default.
   */
  readonly keepTime?: boolean;
  /**
   * Dates a copy in a store that dates as its writer says, such as a file, by when its source was written, where no time of
   * change is known. False by default.
   */
  readonly keepWriteTime?: boolean;
  /**
   * Gives a copy in a store with attributes the media type that the ending of its name stands for, or else the ending of
   * its source's, where the source is of a store without any, such as a file. False by default.
   */
  readonly guessContentType?: boolean;
}

/** What a copy is written with, and what it lacks. */
export interface Carried {
  /** Attributes and time for the write. */
  readonly put: ObjectAttributes & Pick<PutOptions, "lastModified">;
  /** What the destination cannot keep, or what may not be read. */
  readonly dropped: readonly Dropped[];
}

/** Media types that say nothing: services give them to what came without one. */
const UNKNOWN_TYPES = new Set(["binary/octet-stream", "application/octet-stream"]);

/**
 * Finds what of an object goes along with its bytes to another store: what was given first, then what the source has.
 * Tags are asked for only where the source says that it has some; where that is forbidden they are dropped.
 */
export async function carry(
  from: ObjectStore,
  info: ObjectInfo,
  to: ObjectStore,
  toKey: string,
  options: CarryOptions & {
    /** What a listing had of the source: reads of some services do not tell the storage class, their listings do. */
    readonly source?: ObjectMeta;
    readonly signal?: AbortSignal;
    readonly version?: string;
  },
): Promise<Carried> {
  const dropped: Dropped[] = [];
  const given = attributesOf(options);
  const { keepTime = true } = options;
  const datesFiles = to.capabilities.modificationTime === true;
  const { source } = options;
  const listedClass = source?.etag === info.etag ? source?.storageClass : undefined;
  const { storageClass = listedClass, ...found } = attributesOf(info);
  const isDated = datesFiles && options.keepWriteTime === true;
  const time = keepTime ? timeOf(from, info) ?? (isDated ? info.lastModified : undefined) : undefined;
  const keepsAttributes = to.capabilities.attributes !== false;
  const kept = keepsAttributes
    ? { ...withoutUnheld(found, given, to, dropped), ...guessed(from, info.key, toKey, found, options) }
    : dropAttributes(found, toKey, time && datesFiles ? "time" : "none", dropped);
  if (storageClass !== undefined && !given.storageClass) {
    const hasClasses = to.capabilities.storageClass !== false;
    const reason = hasClasses ? `another service may not have ${storageClass}` : "the store has none";
    dropped.push({ name: "storageClass", reason });
  }
  const isTagged = !given.tags && info.tagCount !== undefined && info.tagCount > 0;
  const tags = isTagged ? await tagsOf(from, info, to, options, dropped) : given.tags;
  const attributes: ObjectAttributes = { ...kept, ...given, ...(tags && { tags }) };
  if (!time) return { put: attributes, dropped };
  if (datesFiles) return { put: { ...attributes, lastModified: time }, dropped };
  if (keepsAttributes) return { put: withTime(attributes, info, time), dropped };
  if (from.capabilities.modificationTime === true) {
    dropped.push({ name: "modificationTime", reason: "the store dates objects itself" });
  }
  return { put: attributes, dropped };
}

/**
 * The attributes of a copy that the service makes, where some are given: the rest are those of the source, and so is
 * the time in its metadata.
 */
export function mergedAttributes(info: ObjectInfo, options: CarryOptions): ObjectAttributes {
  const merged = { ...attributesOf(info), ...attributesOf(options) };
  const time = options.keepTime ?? true ? readModificationTime(info.metadata) : undefined;
  return time ? withTime(merged, info, time) : merged;
}

function timeOf(from: ObjectStore, info: ObjectInfo): Date | undefined {
  return readModificationTime(info.metadata) ??
    (from.capabilities.modificationTime === true ? info.lastModified : undefined);
}

/** Adds the time in the form in which the source has it, or ours, unless the metadata have one already. */
function withTime(attributes: ObjectAttributes, info: ObjectInfo, time: Date): ObjectAttributes {
  if (readModificationTime(attributes.metadata ?? {})) return attributes;
  const mtime = info.metadata["mtime"];
  const text = mtime !== undefined && isModificationTime("mtime", mtime)
    ? mtime
    : formatModificationTime(time);
  return { ...attributes, metadata: { ...attributes.metadata, mtime: text } };
}

/** By the new name, or the old one where the new one says nothing. */
function guessed(
  from: ObjectStore,
  fromKey: string,
  toKey: string,
  found: ObjectAttributes,
  { guessContentType = false }: CarryOptions,
): Pick<ObjectAttributes, "contentType"> {
  const isWanted = guessContentType && from.capabilities.attributes === false;
  const contentType = isWanted && found.contentType === undefined
    ? contentTypeOf(toKey) ?? contentTypeOf(fromKey)
    : undefined;
  return contentType === undefined ? {} : { contentType };
}

/** Leaves out metadata of names that the destination cannot hold, metadata that is none, and a time that it does not keep. */
function withoutUnheld(
  { metadata = {}, expires, ...others }: ObjectAttributes,
  given: ObjectAttributes,
  to: ObjectStore,
  dropped: Dropped[],
): ObjectAttributes {
  const entries = Object.entries(metadata);
  const unheld = entries.flatMap(([name]) => {
    const fault = to.metadataNameFault(name);
    return fault === undefined ? [] : [{ name, fault }];
  });
  const [first] = unheld;
  if (first && !given.metadata) {
    const names = unheld.map(({ name }) => JSON.stringify(name)).join(", ");
    dropped.push({ name: "metadata", reason: `the store cannot hold ${names}: ${first.fault}` });
  }
  const keepsExpires = to.capabilities.expires !== false;
  if (expires && !keepsExpires && !given.expires) {
    dropped.push({ name: "expires", reason: "the store keeps none" });
  }
  const rest = { ...others, ...(expires && keepsExpires && { expires }) };
  const held = first ? entries.filter(([name]) => !unheld.some((each) => each.name === name)) : entries;
  return held.length > 0 ? { ...rest, metadata: Object.fromEntries(held) } : rest;
}

/** Notes everything that a store without attributes cannot keep and that its absence changes. */
function dropAttributes(
  { metadata = {}, contentType, ...rest }: ObjectAttributes,
  key: string,
  carried: "time" | "none",
  dropped: Dropped[],
): ObjectAttributes {
  const reason = "the store keeps none";
  if (contentType !== undefined && !UNKNOWN_TYPES.has(contentType) && contentType !== contentTypeOf(key)) {
    dropped.push({ name: "contentType", reason });
  }
  for (const name of Object.keys(rest)) dropped.push({ name: name as keyof ObjectAttributes, reason });
  const entries = Object.entries(metadata);
  const lost = carried === "time"
    ? entries.filter(([name, value]) => !isModificationTime(name, value))
    : entries;
  if (lost.length > 0) dropped.push({ name: "metadata", reason });
  return {};
}

async function tagsOf(
  from: ObjectStore,
  { key }: ObjectInfo,
  to: ObjectStore,
  { signal, version }: { readonly signal?: AbortSignal; readonly version?: string },
  dropped: Dropped[],
): Promise<Readonly<Record<string, string>> | undefined> {
  if (to.capabilities.tags === false || !from.getTags) {
    dropped.push({ name: "tags", reason: "the store keeps none" });
    return undefined;
  }
  try {
    return await from.getTags(key, { ...(signal && { signal }), ...(version !== undefined && { version }) });
  } catch (error) {
    if (!(error instanceof PermissionDeniedError)) throw error;
    dropped.push({ name: "tags", reason: "they may not be read" });
    return undefined;
  }
}
