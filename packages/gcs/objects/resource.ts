import {
  type Checksums,
  type ObjectAttributes,
  type ObjectInfo,
  type ObjectMeta,
  type PutResult,
  ServiceError,
} from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { readSize, unlikeService } from "@lade/service/body";
import { GCS_NAMES } from "../client/gcs_names.ts";
import type { GcsObjectConfig } from "../client/gcs_target.ts";

/** An object as the JSON API describes it ("Objects"); numbers of 64 bits are texts. */
export interface ObjectResource {
  readonly name?: string;
  readonly size?: string;
  readonly generation?: string;
  readonly metageneration?: string;
  readonly updated?: string;
  readonly timeDeleted?: string;
  readonly crc32c?: string;
  readonly md5Hash?: string;
  readonly storageClass?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly contentDisposition?: string;
  readonly cacheControl?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly customTime?: string;
  readonly contexts?: {
    readonly custom?: Readonly<Record<string, { readonly value?: string }>>;
  };
  readonly kmsKeyName?: string;
}

/** Attributes that have the same name here and there. */
const TEXTS = [
  "contentType",
  "contentEncoding",
  "contentLanguage",
  "contentDisposition",
  "cacheControl",
] as const;

/** Checksums in base64, of four bytes and of sixteen. */
const [CRC32C, MD5] = [/^(?:[A-Za-z0-9+/]{6}==)?$/, /^(?:[A-Za-z0-9+/]{22}==)?$/];

/** What a listing tells of an object. */
export function metaOf(resource: ObjectResource, call: CallName): ObjectMeta {
  const { name: key, generation, storageClass, updated, size: length, crc32c, md5Hash } = resource ?? {};
  const areTexts = [key, generation, storageClass, updated, length, crc32c, md5Hash].every(isText);
  const size = areTexts ? readSize(length) : undefined;
  const lastModified = new Date(areTexts ? updated ?? NaN : NaN);
  if (!key || size === undefined || !generation || Number.isNaN(lastModified.getTime())) {
    throw unlikeService(call, GCS_NAMES.service, "an object lacks name, size, generation or time");
  }
  if (!CRC32C.test(crc32c ?? "") || !MD5.test(md5Hash ?? "")) {
    throw unlikeService(call, GCS_NAMES.service, "a checksum of an object is none");
  }
  const checksums = checksumsOf(resource);
  return {
    key,
    size,
    lastModified,
    etag: generation,
    version: generation,
    ...(storageClass && storageClass !== GCS_NAMES.usualStorageClass && { storageClass }),
    ...(checksums && { checksums }),
  };
}

/** Whether a member is a text, or not there. */
export function isText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

/** All that is told of an object. Names of metadata are in lower case, as the XML API gives them. */
export function infoOf(resource: ObjectResource, call: CallName): ObjectInfo {
  const meta = metaOf(resource, call);
  const { contexts = {}, customTime, kmsKeyName, metadata = {}, metageneration } = resource;
  const parts: readonly unknown[] = [contexts, metadata, ...Object.values({ ...contexts?.custom })];
  const told = [...TEXTS.map((name) => resource[name]), customTime, kmsKeyName, metageneration];
  if (!parts.every(isRecord) || ![...told, ...Object.values(metadata)].every(isText)) {
    throw unlikeService(call, GCS_NAMES.service, "an attribute of the object is no text");
  }
  const texts = TEXTS.flatMap((name) => resource[name] ? [[name, resource[name]]] : []);
  return { ...meta, ...Object.fromEntries(texts), metadata: lowered(metadata) };
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lowered(metadata: ObjectAttributes["metadata"] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What is told of an object that was written under a key; of another one, a `ServiceError`. */
export function receiptOf(resource: ObjectResource, call: CallName, written: string): PutResult {
  const { key, size, etag = "", version = "", checksums } = metaOf(resource, call);
  if (key !== written) {
    const { operation, uri } = call;
    const detail = `the service made ${JSON.stringify(key)} in its place`;
    throw new ServiceError({ operation, uri, detail });
  }
  return { size, etag, version, ...(checksums && { checksums }) };
}

/** The description to write with an object. */
export function resourceOf(
  { metadata, storageClass, ...given }: ObjectAttributes,
  config: Pick<GcsObjectConfig, "storageClass">,
): ObjectResource {
  const texts = TEXTS.flatMap((name) => given[name] === undefined ? [] : [[name, given[name]]]);
  const chosen = storageClass ?? config.storageClass;
  return {
    ...Object.fromEntries(texts),
    ...(metadata && { metadata: lowered(metadata) }),
    ...(chosen && { storageClass: chosen }),
  };
}

/** What an object is to be described with to be as `source` is, with the attributes of it or those that are given instead. */
export function copiedResource(source: ObjectResource, attributes?: ObjectAttributes): ObjectResource {
  const { contexts, customTime, metadata, storageClass = GCS_NAMES.usualStorageClass ?? "" } = source;
  const custom = Object.entries(contexts?.custom ?? {}).map(([name, { value = "" }]) => [name, { value }]);
  return {
    ...resourceOf(attributes ?? source, { storageClass }),
    ...(!attributes && metadata && { metadata }),
    ...(customTime && { customTime }),
    ...(custom.length > 0 && { contexts: { custom: Object.fromEntries(custom) } }),
  };
}

/**
 * What changes in a description that has `attributes` in place of its own: `null` takes back. Metadata is replaced as a
 * whole.
 */
export function changesOf(
  { metadata: before = {} }: ObjectResource,
  { metadata, ...given }: ObjectAttributes,
): Readonly<Record<string, unknown>> {
  const texts = TEXTS.flatMap((name) => given[name] === undefined ? [] : [[name, given[name] || null]]);
  const gone = Object.fromEntries(Object.keys(before).map((name) => [name, null]));
  return { ...Object.fromEntries(texts), ...(metadata && { metadata: { ...gone, ...lowered(metadata) } }) };
}

function checksumsOf({ crc32c, md5Hash: md5 }: ObjectResource): Checksums | undefined {
  if (!crc32c && !md5) return undefined;
  return { ...(crc32c && { crc32c }), ...(md5 && { md5 }) };
}
