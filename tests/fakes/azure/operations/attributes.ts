import type { HeaderList } from "@lade/testing/http";
import { AzureError, badHeader } from "../azure_error.ts";
import {
  type BlobAttributes,
  CONTENT_FIELDS,
  type ContentField,
  type StoredBlob,
} from "../store/stored_blob.ts";
import type { Account } from "../store/account.ts";
import type { Call } from "./call.ts";
import { MD5 } from "./receive_body.ts";

const TIERS = ["Hot", "Cool", "Cold", "Archive"];

/** What a write says of its blob. Put Blob takes the plain header fields too. */
export function readAttributes({ headers, account }: Call, takesPlain = false): BlobAttributes {
  const tier = readTier(headers);
  const encryptionScope = headers.get("x-ms-encryption-scope");
  if (account.hierarchical && headers.has("x-ms-tags")) {
    throw new AzureError("FeatureNotYetSupportedForHierarchicalNamespaceAccounts");
  }
  return {
    fields: readFields(headers, takesPlain),
    metadata: readMetadata(headers),
    tags: readTagHeader(headers),
    ...(tier !== undefined && { tier }),
    ...(encryptionScope !== undefined && { encryptionScope }),
  };
}

/** `x-ms-blob-content-type` and its like. */
export function readFields(headers: HeaderList, takesPlain = false): BlobAttributes["fields"] {
  const fields: BlobAttributes["fields"] = {};
  for (const name of CONTENT_FIELDS) {
    // The plain field of the MD5 is that of the body.
    const plain = takesPlain && name !== "content-md5" ? headers.get(name) : undefined;
    const value = headers.get(`x-ms-blob-${name}`) ?? plain;
    if (value !== undefined && value !== "") fields[name] = value;
  }
  const md5 = fields["content-md5"];
  if (md5 !== undefined && !MD5.test(md5)) throw new AzureError("InvalidMd5");
  return fields;
}

/** The metadata of a request, names as they came: identifiers of C#, and 8 KiB at most. */
export function readMetadata(headers: HeaderList): Map<string, string> {
  const metadata = new Map<string, string>();
  let size = 0;
  for (const [name, value] of headers.entries()) {
    if (!name.toLowerCase().startsWith("x-ms-meta-")) continue;
    const key = name.slice("x-ms-meta-".length);
    if (key === "") throw new AzureError("EmptyMetadataKey");
    // deno-lint-ignore no-control-regex
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) || /[^\x00-\x7f]/.test(value)) {
      throw new AzureError("InvalidMetadata");
    }
    metadata.set(key, value);
    size += key.length + value.length;
  }
  if (size > 8192) throw new AzureError("MetadataTooLarge");
  return metadata;
}

/** The tags of `x-ms-tags`, which is written like a query. */
export function readTagHeader(headers: HeaderList): Map<string, string> {
  const text = headers.get("x-ms-tags") ?? "";
  const pairs = text.split("&").filter((pair) => pair !== "").map((pair): [string, string] => {
    const [name = "", value = ""] = pair.split("=").map((part) =>
      decodeURIComponent(part.replaceAll("+", "%20"))
    );
    return [name, value];
  });
  return checkTags(pairs);
}

/** Checks tags (Set Blob Tags, "Request body"). */
export function checkTags(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  if (pairs.length > 10) throw new AzureError("TagsTooLarge");
  for (const [name, value] of pairs) {
    if (name === "") throw new AzureError("EmptyTagName");
    if (name.length > 128 || value.length > 256) throw new AzureError("TagsTooLarge");
    if (![name, value].every((text) => /^[A-Za-z0-9 +\-./:=_]*$/.test(text))) {
      throw new AzureError("InvalidTag");
    }
  }
  return new Map(pairs);
}

/** The tier that a request asks for. */
export function readTier(headers: HeaderList): string | undefined {
  const tier = headers.get("x-ms-access-tier");
  if (tier !== undefined && !TIERS.includes(tier)) throw badHeader("x-ms-access-tier", tier);
  return tier;
}

const FIELD_NAMES: Readonly<Record<ContentField, string>> = {
  "content-type": "Content-Type",
  "content-encoding": "Content-Encoding",
  "content-language": "Content-Language",
  "content-disposition": "Content-Disposition",
  "cache-control": "Cache-Control",
  "content-md5": "Content-MD5",
};

/** The fields by which a read describes a blob. */
export function blobHeaders(call: Call, blob: StoredBlob): Record<string, string> {
  const { account, server } = call;
  const now = server.now();
  const headers: Record<string, string> = {
    "ETag": blob.etag,
    "Last-Modified": new Date(blob.lastModified).toUTCString(),
    "x-ms-creation-time": new Date(blob.createdOn).toUTCString(),
    "Content-Type": "application/octet-stream",
    "Accept-Ranges": "bytes",
    "x-ms-blob-type": blob.type,
    "x-ms-server-encrypted": "true",
    ...metadataHeaders(blob.metadata),
  };
  for (const name of CONTENT_FIELDS) {
    const value = blob.fields[name];
    if (value !== undefined) headers[FIELD_NAMES[name]] = value;
  }
  if (call.identity.kind === "sas") {
    for (const [name, value] of Object.entries(call.identity.grant.overrides)) {
      headers[FIELD_NAMES[name as ContentField]] = value;
    }
  }
  if (blob.isDirectory) headers["x-ms-meta-hdi_isfolder"] = "true";
  if (account.hierarchical) headers["x-ms-resource-type"] = blob.isDirectory ? "directory" : "file";
  if (blob.encryptionScope !== undefined) headers["x-ms-encryption-scope"] = blob.encryptionScope;
  if (blob.tags.size > 0) headers["x-ms-tag-count"] = String(blob.tags.size);
  if (blob.versionId !== undefined) {
    headers["x-ms-version-id"] = blob.versionId;
    const current = account.containers.get(call.containerName)?.current(blob.key);
    if (current === blob) headers["x-ms-is-current-version"] = "true";
  }
  if (blob.copy) Object.assign(headers, copyHeaders(blob.copy, now));
  if (blob.immutability && blob.immutability.until > now) {
    headers["x-ms-immutability-policy-until-date"] = new Date(blob.immutability.until).toUTCString();
    headers["x-ms-immutability-policy-mode"] = blob.immutability.mode.toLowerCase();
  }
  if (blob.legalHold) headers["x-ms-legal-hold"] = "true";
  if (blob.snapshot === undefined) Object.assign(headers, leaseHeaders(call, blob.key));
  return headers;
}

/** The fields by which Get Blob Properties tells the tier. */
export function tierHeaders(account: Account, blob: StoredBlob): Record<string, string> {
  const { rehydration } = blob;
  return {
    "x-ms-access-tier": blob.tier ?? account.defaultTier,
    ...(blob.tier === undefined && { "x-ms-access-tier-inferred": "true" }),
    ...(blob.tierChangedAt !== undefined && {
      "x-ms-access-tier-change-time": new Date(blob.tierChangedAt).toUTCString(),
    }),
    ...(rehydration && {
      "x-ms-archive-status": `rehydrate-pending-to-${rehydration.to.toLowerCase()}`,
      "x-ms-rehydrate-priority": rehydration.priority,
    }),
  };
}

/** The fields of metadata. */
export function metadataHeaders(metadata: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...metadata].map(([name, value]) => [`x-ms-meta-${name}`, value]));
}

function leaseHeaders({ account, containerName, server }: Call, key: string): Record<string, string> {
  const lease = account.containers.get(containerName)?.entry(key)?.lease;
  const now = server.now();
  const duration = lease?.duration(now);
  return {
    "x-ms-lease-state": lease?.state(now) ?? "available",
    "x-ms-lease-status": lease?.isHeld(now) ? "locked" : "unlocked",
    ...(duration !== undefined && { "x-ms-lease-duration": duration }),
  };
}

/** The fields by which a copy is told. */
function copyHeaders(copy: NonNullable<StoredBlob["copy"]>, now: number): Record<string, string> {
  const { id, source, status, total, description } = copy;
  return {
    "x-ms-copy-id": id,
    "x-ms-copy-source": source,
    "x-ms-copy-status": status,
    "x-ms-copy-progress": `${copiedBytes(copy, now)}/${total}`,
    ...(copy.endedAt !== undefined && { "x-ms-copy-completion-time": new Date(copy.endedAt).toUTCString() }),
    ...(description !== undefined && { "x-ms-copy-status-description": description }),
  };
}

/** How much of a copy is done at a time. */
export function copiedBytes(
  { status, total, beganAt, lastsMs, endedAt }: NonNullable<StoredBlob["copy"]>,
  now: number,
): number {
  if (status === "success") return total;
  return Math.floor(total * Math.min(1, ((endedAt ?? now) - beganAt) / lastsMs));
}
