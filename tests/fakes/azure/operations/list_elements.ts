import { element, escapeXml, Xml } from "../../parts/write_xml.ts";
import type { Lease } from "../store/lease.ts";
import type { ContentField, StoredBlob } from "../store/stored_blob.ts";
import { copiedBytes } from "./attributes.ts";
import type { Call } from "./call.ts";

/** A name; one that XML cannot hold is percent-encoded, and says so. */
export function encodedName(name: string, tag = "Name"): Xml {
  // deno-lint-ignore no-control-regex
  if (!/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(name)) {
    return new Xml(`<${tag}>${escapeXml(name)}</${tag}>`);
  }
  return new Xml(`<${tag} Encoded="true">${encodeURIComponent(name)}</${tag}>`);
}

/** Metadata by name. */
export function metadataElement(metadata: ReadonlyMap<string, string>): Xml | undefined {
  return element("Metadata", [...metadata].map(([name, value]) => element(name, value)));
}

/** Tags. */
export function tagsElement(tags: ReadonlyMap<string, string>): Xml | undefined {
  const all = [...tags].map(([name, value]) =>
    element("Tag", [element("Key", name), element("Value", value)])
  );
  return element("Tags", [element("TagSet", all)]);
}

const FIELDS: readonly (readonly [string, ContentField])[] = [
  ["Content-Encoding", "content-encoding"],
  ["Content-Language", "content-language"],
  ["Content-MD5", "content-md5"],
  ["Content-Disposition", "content-disposition"],
  ["Cache-Control", "cache-control"],
];

/** One blob of a listing, or a state of it. */
export function blobElement(call: Call, blob: StoredBlob, given: {
  readonly include: readonly string[];
  readonly isCurrent: boolean;
  readonly lease: Lease;
}): Xml | undefined {
  const { include, isCurrent } = given;
  const deleted = blob.deletedAt !== undefined;
  const { versionId, snapshot, metadata, tags } = blob;
  const wantsVersions = include.includes("versions");
  const all = blob.isDirectory ? new Map([...metadata, ["hdi_isfolder", "true"]]) : metadata;
  return element("Blob", [
    encodedName(blob.key),
    deleted ? element("Deleted", true) : undefined,
    element("Snapshot", snapshot),
    wantsVersions ? element("VersionId", versionId) : undefined,
    wantsVersions && versionId !== undefined && isCurrent ? element("IsCurrentVersion", true) : undefined,
    element("Properties", propertyElements(call, blob, given)),
    include.includes("metadata") && all.size > 0 ? metadataElement(all) : undefined,
    include.includes("tags") && tags.size > 0 ? tagsElement(tags) : undefined,
    element("OrMetadata", []),
  ]);
}

/** What is told of a blob, a state of it, or a directory. */
export function propertyElements(
  { account, server }: Call,
  blob: StoredBlob,
  { include, isCurrent, lease }: { include: readonly string[]; isCurrent: boolean; lease: Lease },
): (Xml | undefined)[] {
  const now = server.now();
  const date = (ms: number | undefined) => ms === undefined ? undefined : new Date(ms).toUTCString();
  const { copy, immutability, rehydration, deletedAt } = blob;
  const restDays = (deletedAt ?? 0) / DAY_MS + account.softDeleteDays - now / DAY_MS;
  return [
    element("Creation-Time", date(blob.createdOn)),
    element("Last-Modified", date(blob.lastModified)),
    element("Etag", blob.etag.replaceAll('"', "")),
    account.hierarchical ? element("ResourceType", blob.isDirectory ? "directory" : "file") : undefined,
    element("Content-Length", blob.content.size),
    element("Content-Type", blob.fields["content-type"] ?? "application/octet-stream"),
    ...FIELDS.map(([name, field]) => element(name, blob.fields[field] ?? "")),
    element("BlobType", blob.type),
    ...(blob.isDirectory ? [] : [
      element("AccessTier", blob.tier ?? account.defaultTier),
      blob.tier === undefined ? element("AccessTierInferred", true) : undefined,
      element("AccessTierChangeTime", date(blob.tierChangedAt)),
      rehydration && element("ArchiveStatus", `rehydrate-pending-to-${rehydration.to.toLowerCase()}`),
      rehydration && element("RehydratePriority", rehydration.priority),
    ]),
    ...(isCurrent
      ? [
        element("LeaseStatus", lease.isHeld(now) ? "locked" : "unlocked"),
        element("LeaseState", lease.state(now)),
        element("LeaseDuration", lease.duration(now)),
      ]
      : []),
    ...(copy && include.includes("copy")
      ? [
        element("CopyId", copy.id),
        element("CopyStatus", copy.status),
        element("CopySource", copy.source),
        element("CopyProgress", `${copiedBytes(copy, now)}/${copy.total}`),
        element("CopyCompletionTime", date(copy.endedAt)),
        element("CopyStatusDescription", copy.description),
      ]
      : []),
    element("ServerEncrypted", true),
    element("EncryptionScope", blob.encryptionScope),
    element("DeletedTime", date(deletedAt)),
    deletedAt === undefined ? undefined : element("RemainingRetentionDays", Math.ceil(restDays)),
    blob.tags.size > 0 ? element("TagCount", blob.tags.size) : undefined,
    immutability && include.includes("immutabilitypolicy")
      ? element("ImmutabilityPolicyUntilDate", date(immutability.until))
      : undefined,
    immutability && include.includes("immutabilitypolicy")
      ? element("ImmutabilityPolicyMode", immutability.mode.toLowerCase())
      : undefined,
    blob.legalHold && include.includes("legalhold") ? element("LegalHold", true) : undefined,
  ];
}

const DAY_MS = 24 * 3_600_000;
