import { type Checksum, checksumOf } from "../checksum/algorithm.ts";
import type { Content } from "../../parts/content.ts";

/** What a client may say about an object beside its bytes. */
export interface ObjectAttributes {
  /** Header fields given back as they came: `content-type`, `cache-control` and their like, lower-case. */
  fields: ReadonlyMap<string, string>;
  /** User metadata: names without `x-amz-meta-`, lower-case. */
  metadata: ReadonlyMap<string, string>;
  /** The storage class. */
  storageClass: string;
  /** Tags in order. */
  tags: readonly (readonly [name: string, value: string])[];
  /** Encryption header fields given back as they came. */
  encryption: ReadonlyMap<string, string>;
  /** The MD5 of the customer's key, in base64, when the object needs it. */
  customerKeyMd5?: string;
}

/** A part of an object that was made by a multipart upload. */
export interface PartInfo {
  /** The part's number. */
  number: number;
  /** Its size. */
  size: number;
  /** Its checksum. */
  checksum?: Checksum;
}

/** One version of an object, or a delete marker. */
export interface StoredObject {
  /** The key. */
  key: string;
  /** The version, `"null"` when it was written without versioning. */
  versionId: string;
  /** Whether this version says that the object is gone. */
  deleteMarker: boolean;
  /** The bytes. */
  content: Content;
  /** The ETag without quotes. */
  etag: string;
  /** When it was written, milliseconds since the epoch, whole seconds. */
  lastModified: number;
  /** The account that wrote it. */
  owner: string;
  /** What the client said of it. */
  attributes: ObjectAttributes;
  /** The checksum stored with it. */
  checksum?: Checksum;
  /** Its parts. */
  parts?: readonly PartInfo[];
}

/** Attributes of an object about which nothing was said. */
export function plainAttributes(): ObjectAttributes {
  return {
    fields: new Map(),
    metadata: new Map(),
    storageClass: "STANDARD",
    tags: [],
    encryption: new Map(),
  };
}

/**
 * The stored checksum; where none was given the CRC-64/NVME the service computes by itself, from the first
 * time it is asked for.
 */
export function storedChecksum(object: StoredObject, computeDefault: boolean): Checksum | undefined {
  if (object.checksum === undefined && computeDefault) {
    const value = checksumOf("crc64nvme", object.content.slice(0, object.content.size));
    object.checksum = { algorithm: "crc64nvme", value, type: "FULL_OBJECT" };
  }
  return object.checksum;
}
