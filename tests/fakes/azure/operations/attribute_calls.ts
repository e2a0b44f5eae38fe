import type { WireResponse } from "@lade/testing/http";
import { childrenOf, MalformedXmlError, parseXml, textOf } from "../../parts/parse_xml.ts";
import { element } from "../../parts/write_xml.ts";
import { AzureError, badHeader, missingHeader } from "../azure_error.ts";
import { checkTags, readFields, readMetadata, readTier } from "./attributes.ts";
import { type Call, containerOf, emptyResponse, newEtag, wholeSeconds, xmlResponse } from "./call.ts";
import { checkReadConditions, checkWriteConditions } from "./conditions.ts";
import { findBlob, findCurrent } from "./find_blob.ts";
import { receiveText } from "./receive_body.ts";
import { checkUnprotected, retire, writtenHeaders } from "./replace_blob.ts";

/** Set Blob Metadata: what is given replaces all; where versions are kept, it makes another one. */
export function setBlobMetadata(call: Call): WireResponse {
  const metadata = readMetadata(call.headers);
  const { container, entry, blob } = changeable(call);
  checkUnprotected(call, container, blob, call.account.versioning);
  retireVersion(call, entry);
  blob.metadata = metadata;
  touch(call, blob);
  return emptyResponse(200, writtenHeaders(blob));
}

/** Set Blob Properties: what is not given is cleared. */
export function setBlobProperties(call: Call): WireResponse {
  const fields = readFields(call.headers);
  const { container, blob } = changeable(call);
  checkUnprotected(call, container, blob);
  blob.fields = fields;
  blob.etag = newEtag(call);
  blob.lastModified = wholeSeconds(call);
  return emptyResponse(200, writtenHeaders(blob));
}

function changeable(call: Call) {
  const found = findCurrent(call);
  checkWriteConditions(call.headers, found.blob);
  found.entry.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Blob", true);
  return found;
}

function retireVersion(call: Call, entry: ReturnType<typeof findCurrent>["entry"]): void {
  if (call.account.versioning) retire(call, entry);
}

function touch(call: Call, blob: ReturnType<typeof findCurrent>["blob"]): void {
  blob.etag = newEtag(call);
  blob.lastModified = wholeSeconds(call);
  if (call.account.versioning) blob.versionId = call.server.nextTimestamp();
}

/** Get Blob Tags. */
export function getBlobTags(call: Call): WireResponse {
  const blob = findBlob(call);
  checkReadConditions(call.headers, blob);
  const tags = [...blob.tags].map(([name, value]) =>
    element("Tag", [element("Key", name), element("Value", value)])
  );
  return xmlResponse("Tags", [element("TagSet", tags)]);
}

/** Set Blob Tags: what is given replaces all, and the etag stays. */
export async function setBlobTags(call: Call): Promise<WireResponse> {
  if (call.account.hierarchical) {
    throw new AzureError("FeatureNotYetSupportedForHierarchicalNamespaceAccounts");
  }
  const pairs = readTags(await receiveText(call));
  const blob = findBlob(call);
  checkWriteConditions(call.headers, blob);
  containerOf(call).entry(call.key)?.lease.check(
    call.headers.get("x-ms-lease-id"),
    call.server.now(),
    "Blob",
    true,
  );
  blob.tags = checkTags(pairs);
  return emptyResponse(204);
}

function readTags(text: string): [string, string][] {
  try {
    const root = parseXml(text);
    const [set] = childrenOf(root, "TagSet");
    if (root.name !== "Tags" || !set) throw new MalformedXmlError();
    return childrenOf(set, "Tag").map((tag) => [textOf(tag, "Key") ?? "", textOf(tag, "Value") ?? ""]);
  } catch (error) {
    throw error instanceof MalformedXmlError ? new AzureError("InvalidXmlDocument") : error;
  }
}

/** Set Blob Tier: at once, but out of the archive only after a while. */
export function setBlobTier(call: Call): WireResponse {
  const { headers, account, server } = call;
  const tier = readTier(headers);
  if (tier === undefined) throw missingHeader("x-ms-access-tier");
  const priority = headers.get("x-ms-rehydrate-priority") ?? "Standard";
  if (!["Standard", "High"].includes(priority)) throw badHeader("x-ms-rehydrate-priority", priority);
  const blob = findBlob(call);
  containerOf(call).entry(call.key)?.lease.check(headers.get("x-ms-lease-id"), server.now(), "Blob", true);
  if (blob.isDirectory) throw new AzureError("ResourceTypeMismatch");
  if (blob.rehydration) {
    if (blob.rehydration.to !== tier) throw new AzureError("BlobBeingRehydrated");
    blob.rehydration = { ...blob.rehydration, priority };
    return emptyResponse(202);
  }
  if ((blob.tier ?? account.defaultTier) !== "Archive" || tier === "Archive") {
    blob.tier = tier;
    blob.tierChangedAt = wholeSeconds(call);
    return emptyResponse(200);
  }
  const lastsMs = server.settings.rehydrationMs * (priority === "High" ? 0.1 : 1);
  blob.rehydration = { to: tier, endsAt: server.now() + lastsMs, priority };
  server.later(lastsMs, () => {
    blob.tier = tier;
    blob.tierChangedAt = wholeSeconds(call);
    delete blob.rehydration;
  });
  return emptyResponse(202);
}

/** Snapshot Blob. */
export function snapshotBlob(call: Call): WireResponse {
  const { account, headers, server } = call;
  if (account.hierarchical) throw new AzureError("FeatureNotYetSupportedForHierarchicalNamespaceAccounts");
  const { entry, blob } = findCurrent(call);
  checkWriteConditions(headers, blob);
  entry.lease.check(headers.get("x-ms-lease-id"), server.now(), "Blob", false);
  const given = readMetadata(headers);
  const { versionId: _, ...kept } = blob;
  const snapshot = server.nextTimestamp();
  entry.older.push({ ...kept, snapshot, metadata: given.size > 0 ? given : blob.metadata });
  return emptyResponse(201, { ...writtenHeaders(blob), "x-ms-snapshot": snapshot });
}

/** Set Blob Immutability Policy. */
export function setImmutabilityPolicy(call: Call): WireResponse {
  const { headers, server } = call;
  checkImmutable(call);
  const blob = findBlob(call);
  const text = headers.get("x-ms-immutability-policy-until-date");
  const until = Date.parse(text ?? "");
  if (Number.isNaN(until) || until <= server.now()) {
    throw badHeader("x-ms-immutability-policy-until-date", text);
  }
  const mode = headers.get("x-ms-immutability-policy-mode")?.toLowerCase() === "locked"
    ? "Locked"
    : "Unlocked";
  const { immutability: before } = blob;
  if (before?.mode === "Locked" && (mode !== "Locked" || until < before.until)) {
    throw new AzureError("BlobImmutableDueToPolicy");
  }
  blob.immutability = { until, mode };
  return emptyResponse(200, {
    "x-ms-immutability-policy-until-date": new Date(until).toUTCString(),
    "x-ms-immutability-policy-mode": mode.toLowerCase(),
  });
}

/** Delete Blob Immutability Policy. */
export function deleteImmutabilityPolicy(call: Call): WireResponse {
  checkImmutable(call);
  const blob = findBlob(call);
  if (blob.immutability?.mode === "Locked") throw new AzureError("BlobImmutableDueToPolicy");
  delete blob.immutability;
  return emptyResponse(200);
}

/** Set Blob Legal Hold. */
export function setLegalHold(call: Call): WireResponse {
  checkImmutable(call);
  const given = call.headers.get("x-ms-legal-hold")?.toLowerCase();
  if (given !== "true" && given !== "false") throw badHeader("x-ms-legal-hold", given);
  findBlob(call).legalHold = given === "true";
  return emptyResponse(200, { "x-ms-legal-hold": given });
}

function checkImmutable(call: Call): void {
  if (!containerOf(call).immutableVersions) throw new AzureError("ImmutableStorageWithVersioningNotEnabled");
}
