import type { Checksum, ChecksumType } from "../checksum/algorithm.ts";
import { parseQuery } from "../auth/uri_encoding.ts";
import { S3Error } from "../s3_error.ts";
import type { ObjectAttributes, StoredObject } from "../store/stored_object.ts";
import type { HeaderList } from "@lade/testing/http";
import { readCustomerKey } from "./customer_key.ts";
import { quoted } from "./etag.ts";

/** Fields stored as they come and given back under the same name. */
const FIELDS: Readonly<Record<string, string>> = {
  "content-type": "Content-Type",
  "content-encoding": "Content-Encoding",
  "cache-control": "Cache-Control",
  "content-disposition": "Content-Disposition",
  "content-language": "Content-Language",
  "expires": "Expires",
  "x-amz-website-redirect-location": "x-amz-website-redirect-location",
};
const ENCRYPTION = ["", "-aws-kms-key-id", "-context", "-bucket-key-enabled"]
  .map((end) => `x-amz-server-side-encryption${end}`);
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);
/** Most bytes of user metadata, names and values together. */
const MAX_METADATA = 2048;

/** Reads what a client says of an object it writes. */
export function readAttributes(headers: HeaderList): ObjectAttributes {
  const fields = new Map<string, string>();
  for (const name of Object.keys(FIELDS)) {
    const value = name === "content-encoding" ? withoutAwsChunked(headers.get(name)) : headers.get(name);
    if (value !== undefined) fields.set(name, value);
  }
  const metadata = new Map<string, string>();
  let size = 0;
  for (const name of headers.names()) {
    if (!name.startsWith("x-amz-meta-")) continue;
    const [key, value] = [name.slice("x-amz-meta-".length), headers.get(name) ?? ""];
    metadata.set(key, value);
    size += key.length + value.length;
  }
  if (size > MAX_METADATA) {
    throw new S3Error("MetadataTooLarge", {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA) },
    });
  }
  const storageClass = headers.get("x-amz-storage-class") ?? "STANDARD";
  if (!STORAGE_CLASSES.has(storageClass)) throw new S3Error("InvalidStorageClass");
  const customerKeyMd5 = readCustomerKey(headers);
  return {
    fields,
    metadata,
    storageClass,
    tags: readTags(headers.get("x-amz-tagging")),
    ...readEncryption(headers),
    ...(customerKeyMd5 === undefined ? {} : { customerKeyMd5 }),
  };
}

/** Reads how an object is to be encrypted; without a word of it, by the service's own keys. */
export function readEncryption(headers: HeaderList): Pick<ObjectAttributes, "encryption"> {
  const encryption = new Map<string, string>();
  for (const name of ENCRYPTION) {
    const value = headers.get(name);
    if (value !== undefined) encryption.set(name, value);
  }
  const algorithm = encryption.get("x-amz-server-side-encryption");
  if (algorithm !== undefined && !["AES256", "aws:kms", "aws:kms:dsse"].includes(algorithm)) {
    throw new S3Error("InvalidArgument", { message: "The encryption method specified is not supported" });
  }
  if (algorithm === undefined && readCustomerKey(headers) === undefined) {
    encryption.set("x-amz-server-side-encryption", "AES256");
  }
  return { encryption };
}

/** Reads tags in the form of a query string. */
export function readTags(text: string | undefined): [name: string, value: string][] {
  const tags = parseQuery(text ?? "");
  checkTags(tags);
  return tags;
}

/** What tags may be made of ("Categorizing your storage using tags"). */
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Refuses more than ten tags, a name twice, and names or values that are too long or hold other characters. */
export function checkTags(tags: readonly (readonly [name: string, value: string])[]): void {
  const valid = tags.length <= 10 && new Set(tags.map(([name]) => name)).size === tags.length &&
    tags.every(([name, value]) => name.length >= 1 && name.length <= 128 && value.length <= 256) &&
    tags.flat().every((text) => TAG.test(text));
  if (!valid) throw new S3Error("InvalidTag");
}

/** The fields that describe an object in the answer to GetObject and HeadObject. */
export function objectHeaders(object: StoredObject, versioned: boolean): Record<string, string> {
  const { attributes } = object;
  const headers: Record<string, string> = {
    "Last-Modified": new Date(object.lastModified).toUTCString(),
    "ETag": quoted(object.etag),
    "Accept-Ranges": "bytes",
    "Content-Type": "binary/octet-stream",
    ...encryptionHeaders(attributes),
  };
  if (versioned) headers["x-amz-version-id"] = object.versionId;
  if (attributes.storageClass !== "STANDARD") headers["x-amz-storage-class"] = attributes.storageClass;
  if (attributes.tags.length > 0) headers["x-amz-tagging-count"] = String(attributes.tags.length);
  for (const [name, value] of attributes.fields) headers[FIELDS[name] ?? name] = value;
  for (const [name, value] of attributes.metadata) headers[`x-amz-meta-${name}`] = value;
  return headers;
}

/** The fields that say how an object is encrypted. */
export function encryptionHeaders(attributes: ObjectAttributes): Record<string, string> {
  if (attributes.customerKeyMd5 === undefined) return Object.fromEntries(attributes.encryption);
  return {
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key-MD5": attributes.customerKeyMd5,
  };
}

/** The fields that carry a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** The checksum type named, which must be one of two. */
export function checksumTypeNamed(name: string): ChecksumType {
  if (name === "FULL_OBJECT" || name === "COMPOSITE") return name;
  throw new S3Error("InvalidRequest", { message: "Value for x-amz-checksum-type header is invalid." });
}

function withoutAwsChunked(value: string | undefined): string | undefined {
  const codings = value?.split(",").map((coding) => coding.trim()).filter((coding) =>
    coding !== "aws-chunked"
  );
  return codings === undefined || codings.length === 0 ? undefined : codings.join(",");
}
