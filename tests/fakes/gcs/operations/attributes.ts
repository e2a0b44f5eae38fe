import type { HeaderList } from "@lade/testing/http";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { Bucket } from "../store/bucket.ts";
import {
  type ObjectAttributes,
  type ObjectRetention,
  TEXT_FIELDS,
  type TextField,
} from "../store/stored_object.ts";

/** The storage classes. */
const CLASSES = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"];

/** Bytes of metadata, names and values together. */
const MAX_METADATA = 8 * 1024;

/** What the XML API calls the fields of text. */
const HEADERS: Readonly<Record<TextField, string>> = {
  contentType: "content-type",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
  contentDisposition: "content-disposition",
  cacheControl: "cache-control",
  customTime: "x-goog-custom-time",
};

/** Attributes of an object of a bucket about which nothing was said. */
export function plainAttributes({ settings }: Pick<Bucket, "settings">): ObjectAttributes {
  const { storageClass, defaultEventBasedHold, defaultKmsKeyName } = settings;
  return {
    fields: {},
    metadata: new Map(),
    contexts: new Map(),
    storageClass,
    temporaryHold: false,
    eventBasedHold: defaultEventBasedHold,
    ...(defaultKmsKeyName !== undefined && { kmsKeyName: defaultKmsKeyName }),
  };
}

/** The attributes that a document of the JSON API asks for. */
export function readDocument(
  document: Readonly<Record<string, unknown>>,
  bucket: Bucket,
  query: ReadonlyMap<string, string>,
): ObjectAttributes {
  const attributes = plainAttributes(bucket);
  applyDocument(attributes, document);
  const key = query.get("kmsKeyName");
  return key === undefined ? attributes : { ...attributes, kmsKeyName: key };
}

/** Changes attributes by a document: what is null is taken back, what is absent stays. */
export function applyDocument(
  attributes: ObjectAttributes,
  document: Readonly<Record<string, unknown>>,
): void {
  for (const name of TEXT_FIELDS) {
    const value = textIn(document, name);
    if (value === null) delete attributes.fields[name];
    else if (value !== undefined) attributes.fields[name] = value;
  }
  const { metadata, retention } = document;
  if (metadata === null) attributes.metadata = new Map();
  else if (metadata !== undefined) attributes.metadata = changed(attributes.metadata, metadata);
  attributes.contexts = readContexts(attributes.contexts, document["contexts"]);
  for (const name of ["temporaryHold", "eventBasedHold"] as const) {
    const value = document[name];
    if (typeof value === "boolean" || value === null) attributes[name] = value ?? false;
  }
  if (retention !== undefined) attributes.retention = readRetention(retention);
  const storageClass = textIn(document, "storageClass");
  if (typeof storageClass === "string") attributes.storageClass = checkClass(storageClass);
  const key = textIn(document, "kmsKeyName");
  if (typeof key === "string") attributes.kmsKeyName = key;
}

/** What is null is taken back, one by one or as a whole. */
function readContexts(before: ReadonlyMap<string, string>, contexts: unknown): ReadonlyMap<string, string> {
  if (contexts === undefined) return before;
  const { custom = {} } = Object(contexts);
  if (contexts === null || custom === null) return new Map();
  const after = new Map(before);
  for (const [name, context] of Object.entries(Object(custom))) {
    const { value } = Object(context);
    if (context === null) after.delete(name);
    else if (typeof value === "string") after.set(name, value);
    else throw badParameter("contexts", JSON.stringify(contexts));
  }
  return after;
}

function changed(before: ReadonlyMap<string, string>, changes: unknown): ReadonlyMap<string, string> {
  if (typeof changes !== "object" || changes === null) throw badParameter("metadata", String(changes));
  const metadata = new Map(before);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) metadata.delete(name);
    else metadata.set(name, String(value));
  }
  return checkMetadata(metadata);
}

function checkMetadata(metadata: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  let size = 0;
  for (const [name, value] of metadata) {
    if (name === "") throw new GcsError("InvalidArgument", "Metadata part name must not be empty.");
    size += new TextEncoder().encode(name + value).length;
  }
  if (size <= MAX_METADATA) return metadata;
  throw new GcsError(
    "InvalidArgument",
    `The total size of custom metadata (${size} bytes) exceeds the maximum of ${MAX_METADATA} bytes.`,
  );
}

function textIn(document: Readonly<Record<string, unknown>>, name: string): string | null | undefined {
  const value = document[name];
  if (value === undefined || value === null || typeof value === "string") return value;
  throw badParameter(name, JSON.stringify(value));
}

function readRetention(value: unknown): ObjectRetention | undefined {
  if (value === null) return undefined;
  const { mode, retainUntilTime } = Object(value);
  if (typeof mode !== "string" || Number.isNaN(Date.parse(retainUntilTime))) {
    throw badParameter("retention", JSON.stringify(value));
  }
  return { mode, retainUntilTime };
}

/** A storage class, if it is one. */
export function checkClass(name: string): string {
  if (!CLASSES.includes(name)) {
    throw new GcsError("InvalidArgument", `The storage class '${name}' is not valid.`);
  }
  return name;
}

/** The attributes that the fields of a request to the XML API ask for; names of metadata are in lower case there. */
export function readHeaders(headers: HeaderList, bucket: Bucket): ObjectAttributes {
  const attributes = plainAttributes(bucket);
  for (const name of TEXT_FIELDS) {
    const value = headers.get(HEADERS[name]);
    if (value !== undefined) attributes.fields[name] = value;
  }
  const metadata = new Map<string, string>();
  for (const name of headers.names()) {
    if (name.startsWith("x-goog-meta-")) metadata.set(name.slice(12), fromWire(headers.get(name) ?? ""));
  }
  attributes.metadata = checkMetadata(metadata);
  attributes.storageClass = checkClass(headers.get("x-goog-storage-class") ?? attributes.storageClass);
  const key = headers.get("x-goog-encryption-kms-key-name");
  return key === undefined ? attributes : { ...attributes, kmsKeyName: key };
}

/** The text whose UTF-8 form came as one character a byte. */
function fromWire(value: string): string {
  return new TextDecoder().decode(Uint8Array.from(value, (char) => char.charCodeAt(0)));
}

/** The header fields that tell the fields of text. */
export function fieldHeaders({ fields }: ObjectAttributes): Record<string, string> {
  const told = TEXT_FIELDS.filter((name) => fields[name] !== undefined);
  return Object.fromEntries(told.map((name) => [SPELLED[name], fields[name] ?? ""]));
}

const SPELLED: Readonly<Record<TextField, string>> = {
  contentType: "Content-Type",
  contentEncoding: "Content-Encoding",
  contentLanguage: "Content-Language",
  contentDisposition: "Content-Disposition",
  cacheControl: "Cache-Control",
  customTime: "x-goog-custom-time",
};
