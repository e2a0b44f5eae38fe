import type { WireResponse } from "@lade/testing/http";
import { element } from "../../parts/write_xml.ts";
import { AzureError, badHeader } from "../azure_error.ts";
import { Container } from "../store/container.ts";
import { metadataHeaders, readMetadata } from "./attributes.ts";
import {
  type Call,
  containerOf,
  emptyResponse,
  newEtag,
  queryNumber,
  wholeSeconds,
  xmlResponse,
} from "./call.ts";
import { checkReadConditions, checkWriteConditions } from "./conditions.ts";
import { encodedName, metadataElement } from "./list_elements.ts";

/** Create Container. */
export function createContainer(call: Call): WireResponse {
  const { account, containerName: name } = call;
  if (account.containers.has(name)) {
    throw new AzureError(
      call.operation === "FilesystemCreate" ? "FilesystemAlreadyExists" : "ContainerAlreadyExists",
    );
  }
  if (isBeingDeleted(call)) throw new AzureError("ContainerBeingDeleted");
  const container = new Container(name, {
    metadata: readMetadata(call.headers),
    publicAccess: readPublicAccess(call),
    discard: false,
    immutableVersions: false,
    legalHold: false,
    immutableMs: 0,
  });
  touch(call, container);
  account.containers.set(name, container);
  return emptyResponse(201, changeHeaders(container));
}

function isBeingDeleted({ account, containerName, server }: Call): boolean {
  return account.deletedContainers.some(({ name, deleted }) =>
    name === containerName && (deleted?.until ?? 0) > server.now()
  );
}

function readPublicAccess({ headers, account }: Call): "blob" | "container" | undefined {
  const access = headers.get("x-ms-blob-public-access");
  if (access === undefined) return undefined;
  if (access !== "blob" && access !== "container") throw badHeader("x-ms-blob-public-access", access);
  if (!account.allowsPublicAccess) throw new AzureError("PublicAccessNotPermitted");
  return access;
}

/** Delete Container. Its name is free once the service is done with it. */
export function deleteContainer(call: Call): WireResponse {
  const container = containerOf(call);
  checkWriteConditions(call.headers, container);
  container.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Container", true);
  if (container.legalHold || container.immutableMs > 0) throw new AzureError("BlobImmutableDueToPolicy");
  const { account, server } = call;
  const now = server.now();
  const version = server.nextNumber().toString(16).toUpperCase().padStart(16, "0");
  container.deleted = { at: now, until: now + server.settings.containerDeletionMs, version };
  account.containers.delete(call.containerName);
  account.deletedContainers.push(container);
  return emptyResponse(202);
}

/** Restore Container. */
export function restoreContainer(call: Call): WireResponse {
  const { account, headers, containerName, server } = call;
  const name = headers.get("x-ms-deleted-container-name") ?? containerName;
  const version = headers.get("x-ms-deleted-container-version");
  const kept = account.deletedContainers;
  const found = kept.find((container) => container.name === name && container.deleted?.version === version);
  const lastsMs = account.containerSoftDeleteDays * DAY_MS;
  if (!found?.deleted || found.deleted.at + lastsMs <= server.now()) {
    throw new AzureError("ContainerNotFound");
  }
  if (account.containers.has(containerName)) throw new AzureError("ContainerAlreadyExists");
  kept.splice(kept.indexOf(found), 1);
  found.deleted = undefined;
  account.containers.set(containerName, found);
  return emptyResponse(201);
}

/** Get Container Properties, and Get Container Metadata. */
export function getContainerProperties(call: Call): WireResponse {
  const container = containerOf(call);
  const { server, account } = call;
  const now = server.now();
  container.lease.check(call.headers.get("x-ms-lease-id"), now, "Container", false);
  const { lease, publicAccess } = container;
  const duration = lease.duration(now);
  return emptyResponse(200, {
    ...changeHeaders(container),
    ...metadataHeaders(container.metadata),
    "x-ms-lease-state": lease.state(now),
    "x-ms-lease-status": lease.isHeld(now) ? "locked" : "unlocked",
    ...(duration !== undefined && { "x-ms-lease-duration": duration }),
    ...(publicAccess && { "x-ms-blob-public-access": publicAccess }),
    "x-ms-has-immutability-policy": String(container.immutableMs > 0),
    "x-ms-has-legal-hold": String(container.legalHold),
    "x-ms-immutable-storage-with-versioning-enabled": String(container.immutableVersions),
    "x-ms-default-encryption-scope": "$account-encryption-key",
    "x-ms-deny-encryption-scope-override": "false",
    ...(account.hierarchical && call.operation.startsWith("Filesystem") &&
      { "x-ms-namespace-enabled": "true" }),
  });
}

/** Set Container Metadata. */
export function setContainerMetadata(call: Call): WireResponse {
  const container = containerOf(call);
  checkReadConditions(call.headers, container);
  container.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Container", false);
  container.metadata = readMetadata(call.headers);
  touch(call, container);
  return emptyResponse(200, changeHeaders(container));
}

/** Set Container ACL, without a document: public access alone. */
export function setContainerAcl(call: Call): WireResponse {
  const container = containerOf(call);
  container.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Container", false);
  container.publicAccess = readPublicAccess(call);
  touch(call, container);
  return emptyResponse(200, changeHeaders(container));
}

/** Get Container ACL. */
export function getContainerAcl(call: Call): WireResponse {
  const container = containerOf(call);
  const policies = [...container.policies].map(([id, { permissions, start, expiry }]) =>
    element("SignedIdentifier", [
      element("Id", id),
      element("AccessPolicy", [
        element("Start", start),
        element("Expiry", expiry),
        element("Permission", permissions),
      ]),
    ])
  );
  const { publicAccess } = container;
  return xmlResponse("SignedIdentifiers", policies, {
    headers: {
      ...changeHeaders(container),
      ...(publicAccess && { "x-ms-blob-public-access": publicAccess }),
    },
  });
}

/** List Containers. */
export function listContainers(call: Call): WireResponse {
  const { account, query, server, accountPath } = call;
  const include = (query.get("include") ?? "").split(",");
  const prefix = query.get("prefix") ?? "";
  const marker = query.get("marker") ?? "";
  const limit = queryNumber(call, "maxresults", server.settings.maxPageSize, server.settings.maxPageSize);
  const lastsMs = account.containerSoftDeleteDays * DAY_MS;
  const kept = include.includes("deleted") && lastsMs > 0
    ? account.deletedContainers.filter(({ deleted }) => (deleted?.at ?? 0) + lastsMs > server.now())
    : [];
  const all = [...account.containers.values(), ...kept]
    .filter(({ name }) => name.startsWith(prefix) && name >= marker)
    .filter(({ name }) => include.includes("system") || !/^\$(?:logs|blobchangefeed)$/.test(name))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const page = all.slice(0, limit);
  return xmlResponse("EnumerationResults", [
    query.has("prefix") ? element("Prefix", prefix) : undefined,
    query.has("marker") ? element("Marker", marker) : undefined,
    query.has("maxresults") ? element("MaxResults", limit) : undefined,
    element("Containers", page.map((container) => containerElement(call, container, include))),
    element("NextMarker", all[limit]?.name ?? ""),
  ], { attributes: ` ServiceEndpoint="${server.url()}${accountPath}/"` });
}

function containerElement({ server, account }: Call, container: Container, include: readonly string[]) {
  const { lease, deleted, publicAccess } = container;
  const now = server.now();
  const days = account.containerSoftDeleteDays;
  return element("Container", [
    encodedName(container.name),
    deleted && element("Deleted", true),
    deleted && element("Version", deleted.version),
    element("Properties", [
      element("Last-Modified", new Date(container.lastModified).toUTCString()),
      element("Etag", container.etag),
      element("LeaseStatus", lease.isHeld(now) ? "locked" : "unlocked"),
      element("LeaseState", lease.state(now)),
      element("LeaseDuration", lease.duration(now)),
      element("PublicAccess", publicAccess),
      element("HasImmutabilityPolicy", container.immutableMs > 0),
      element("HasLegalHold", container.legalHold),
      element("ImmutableStorageWithVersioningEnabled", container.immutableVersions),
      deleted && element("DeletedTime", new Date(deleted.at).toUTCString()),
      deleted && element("RemainingRetentionDays", Math.ceil((deleted.at - now) / DAY_MS + days)),
    ]),
    include.includes("metadata") ? metadataElement(container.metadata) : undefined,
  ]);
}

/** Gives a container another etag, for what was changed of it. */
export function touch(call: Call, container: Container): void {
  container.etag = newEtag(call);
  container.lastModified = wholeSeconds(call);
}

function changeHeaders({ etag, lastModified }: Container): Record<string, string> {
  return { "ETag": etag, "Last-Modified": new Date(lastModified).toUTCString() };
}

const DAY_MS = 24 * 3_600_000;
