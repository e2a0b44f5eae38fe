import type {
  ObjectAttributes,
  ObjectInfo,
  ObjectMeta,
  ObjectVersion,
  PutResult,
} from "../contract/types.ts";
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
export function keptAttributes(given: ObjectAttributes): Omit<MemoryInfo, "key" | "lastModified"> {
  const { metadata = {}, expires, tags = {}, storageClass: _refused, ...texts } = attributesOf(given);
  const names = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...texts,
    ...(expires && { expires: new Date(Math.floor(expires.getTime() / 1000) * 1000) }),
    metadata: Object.fromEntries(names),
    tags: { ...tags },
  };
}

/** An object's entry in a listing. */
export function entryOf({ info: { key, size, lastModified, etag, version } }: MemoryObject): ObjectMeta {
  return {
    key,
    size,
    lastModified: new Date(lastModified),
    ...(etag !== undefined && { etag }),
    ...(version !== undefined && { version }),
  };
}

/** A version's entry in a listing of versions. */
export function versionEntryOf(version: MemoryVersion, isLatest: boolean): ObjectVersion {
  if (!("info" in version)) {
    const { lastModified } = version;
    return { ...version, lastModified: new Date(lastModified), isLatest, isDeleteMarker: true };
  }
  const entry = entryOf(version);
  return { ...entry, version: entry.version ?? "", isLatest, isDeleteMarker: false };
}

/** What the write of an object tells. */
export function resultOf({ info: { size, etag, version } }: MemoryObject): PutResult {
  return { size, ...(etag !== undefined && { etag }), ...(version !== undefined && { version }) };
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
