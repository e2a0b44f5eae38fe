import type { WireResponse } from "@lade/testing/http";
import { AzureError, badHeader } from "../azure_error.ts";
import type { Container } from "../store/container.ts";
import type { StoredBlob } from "../store/stored_blob.ts";
import { type Call, containerOf, emptyResponse } from "./call.ts";
import { checkWriteConditions } from "./conditions.ts";
import { findBlob, notFound, versionsOf } from "./find_blob.ts";
import { checkUnprotected, isPending, retire } from "./replace_blob.ts";

/** Delete Blob: the blob with its snapshots, the snapshots alone, or one version or snapshot. */
export function deleteBlob(call: Call): WireResponse {
  const container = containerOf(call);
  const { query } = call;
  const permanent = query.get("deletetype") === "permanent"
    ? deleteForGood(call, container)
    : query.has("versionid") || query.has("snapshot")
    ? deleteOlder(call, container)
    : deleteCurrent(call, container);
  container.settle(call.key);
  return emptyResponse(202, { "x-ms-delete-type-permanent": String(permanent) });
}

function deleteCurrent(call: Call, container: Container): boolean {
  const { account, headers, key, server } = call;
  const entry = container.entry(key);
  const blob = entry?.current;
  if (!entry || !blob) throw notFound(call);
  checkWriteConditions(headers, blob);
  entry.lease.check(headers.get("x-ms-lease-id"), server.now(), "Blob", true);
  if (isPending(blob)) throw new AzureError("PendingCopyOperation");
  if (blob.isDirectory && isOccupied(container, key)) throw new AzureError("DirectoryIsNotEmpty");
  const which = headers.get("x-ms-delete-snapshots");
  if (which !== undefined && !["include", "only"].includes(which)) {
    throw badHeader("x-ms-delete-snapshots", which);
  }
  const { snapshots } = entry;
  if (snapshots.length > 0 && which === undefined) throw new AzureError("SnapshotsPresent");
  if (which !== "only") checkUnprotected(call, container, blob, account.versioning);
  for (const snapshot of snapshots) remove(call, entry.older, snapshot);
  if (which !== "only") {
    if (account.versioning) retire(call, entry);
    else if (account.softDeleteDays > 0) entry.older.push({ ...blob, deletedAt: server.now() });
    entry.current = undefined;
    entry.uncommitted.clear();
    entry.lease.end();
  }
  return !account.versioning && account.softDeleteDays === 0;
}

function deleteOlder(call: Call, container: Container): boolean {
  const entry = container.entry(call.key);
  const blob = findBlob(call);
  if (!entry || blob === entry.current) throw new AzureError("OperationNotAllowedOnRootBlob");
  checkWriteConditions(call.headers, blob);
  checkUnprotected(call, container, blob);
  remove(call, entry.older, blob);
  return call.account.softDeleteDays === 0;
}

/** Removes a version or a snapshot that was deleted before. */
function deleteForGood({ query, key }: Call, container: Container): boolean {
  const entry = container.entry(key);
  const isNamed = ({ versionId, snapshot }: StoredBlob) =>
    query.has("versionid") ? versionId === query.get("versionid") : snapshot === query.get("snapshot");
  const blob = entry?.older.find(isNamed);
  if (!entry || !blob) throw new AzureError("BlobNotFound");
  if (blob.deletedAt === undefined) throw new AzureError("BlobSnapshotNotSoftDeleted");
  entry.older.splice(entry.older.indexOf(blob), 1);
  return true;
}

function remove({ account, server }: Call, older: StoredBlob[], blob: StoredBlob): void {
  if (account.softDeleteDays > 0) blob.deletedAt = server.now();
  else older.splice(older.indexOf(blob), 1);
}

/** Whether a directory has anything in it. */
export function isOccupied(container: Container, directory: string): boolean {
  return container.entries("hierarchical").some(({ key, current }) =>
    current && key.startsWith(`${directory}/`)
  );
}

/** Undelete Blob: what was deleted and is kept is there again. */
export function undeleteBlob(call: Call): WireResponse {
  const entry = containerOf(call).entry(call.key);
  if (!entry) throw notFound(call);
  const deleted = entry.older.filter(({ deletedAt }) => deletedAt !== undefined);
  const base = deleted.findLast(({ snapshot, versionId }) =>
    snapshot === undefined && versionId === undefined
  );
  for (const blob of deleted) delete blob.deletedAt;
  if (base) {
    entry.older.splice(entry.older.indexOf(base), 1);
    entry.current ??= base;
  }
  if (!entry.current && versionsOf(entry).length === 0) throw notFound(call);
  return emptyResponse(200);
}
