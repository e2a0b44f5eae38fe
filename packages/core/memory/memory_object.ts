import type {
  ObjectAttributes,
  ObjectInfo,
  ObjectMeta,
  ObjectVersion,
  PutOptions,
  PutResult,
} from "../contract/types.ts";
import type { CallName } from "../errors/store_error.ts";
import { UnsupportedError } from "../errors/errors.ts";
import type { BodySource } from "../read/body_source.ts";
import { attributesOf } from "../write/attributes_of.ts";
import type { MemoryInfo, MemoryObject, MemoryVersion } from "./memory_container.ts";

/** The info of an object, as a copy that its reader may change. */
export function infoOf({ info }: MemoryObject): ObjectInfo {
  return {
    ...info,
    lastModified: new Date(info.lastModified),
    ...(info.expires && { expires: new Date(info.expires) }),
    metadata: { ...info.metadata },
  };
}

/** What is kept of the attributes that a writer gives. */
export function keptAttributes(given: ObjectAttributes): CopiedInfo {
  const { metadata = {}, expires, tags = {}, storageClass: _refused, ...texts } = attributesOf(given);
  const names = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...texts,
    ...(expires && { expires: new Date(Math.floor(expires.getTime() / 1000) * 1000) }),
    metadata: Object.fromEntries(names),
    tags: { ...tags },
  };
}

/** Refuses what memory does not keep. */
export function refuseUnkept(
  subject: CallName,
  given: Pick<PutOptions, "storageClass" | "lastModified">,
): void {
  const detail = given.storageClass !== undefined
    ? "memory has no storage classes"
    : given.lastModified !== undefined
    ? "memory dates objects by its clock"
    : undefined;
  if (detail !== undefined) throw new UnsupportedError({ ...subject, detail });
}

/** What a copy has of its source; the attributes that are given are in place of all but the tags. */
export function copiedInfo(
  { info, tags }: MemoryObject,
  attributes: ObjectAttributes | undefined,
): CopiedInfo {
  const { tagCount: _count, version: _version, ...kept } = info;
  return attributes ? keptAttributes({ ...attributes, tags: attributes.tags ?? tags }) : { ...kept, tags };
}

type CopiedInfo = Omit<MemoryInfo, "key" | "lastModified">;

/** The info of an object that is given other attributes; `undefined` where none are given. */
export function changedInfo(
  { info, tags }: MemoryObject,
  attributes: ObjectAttributes,
  lastModified: Date,
): MemoryInfo | undefined {
  const given = attributesOf(attributes);
  if (Object.keys(given).length === 0) return undefined;
  const { tagCount: _count, version: _version, ...kept } = info;
  return { ...kept, ...keptAttributes({ ...attributesOf(info), tags, ...given }), lastModified };
}

/** An object's entry in a listing. */
export function entryOf({ info }: MemoryObject): ObjectMeta {
  const { key, size, lastModified, etag, version, checksums } = info;
  return {
    key,
    size,
    lastModified: new Date(lastModified),
    ...(etag !== undefined && { etag }),
    ...(version !== undefined && { version }),
    ...(checksums && { checksums: { ...checksums } }),
  };
}

/** A version's entry in a listing of versions. */
export function versionEntryOf(version: MemoryVersion, isLatest: boolean): ObjectVersion {
  if (!("info" in version)) {
    const { lastModified } = version;
    return { ...version, lastModified: new Date(lastModified), isLatest, isDeleteMarker: true };
  }
  const { checksums: _, ...entry } = entryOf(version);
  return { ...entry, version: entry.version ?? "", isLatest, isDeleteMarker: false };
}

/** The result of a write of an object. */
export function resultOf({ info: { size, etag, version, checksums } }: MemoryObject): PutResult {
  return {
    size,
    ...(etag !== undefined && { etag }),
    ...(version !== undefined && { version }),
    ...(checksums && { checksums: { ...checksums } }),
  };
}

/** Gives the bytes of an object from `offset` on. */
export function sourceOf({ bytes }: MemoryObject, offset: number): BodySource {
  let rest = bytes.subarray(offset);
  return {
    read(target: Uint8Array): number {
      const piece = rest.subarray(0, target.length);
      target.set(piece);
      rest = rest.subarray(piece.length);
      return piece.length;
    },
    close(): void {
      rest = rest.subarray(0, 0);
    },
  };
}
