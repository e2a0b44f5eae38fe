import { AzureError } from "../azure_error.ts";
import type { BlobEntry } from "../store/blob_entry.ts";
import type { Container } from "../store/container.ts";
import type { BlobAttributes, StoredBlob } from "../store/stored_blob.ts";
import { type Call, containerOf, newEtag, wholeSeconds } from "./call.ts";
import { checkWriteConditions } from "./conditions.ts";

/** What is written. */
export type Draft =
  & Pick<StoredBlob, "content">
  & Partial<Pick<StoredBlob, "blocks" | "copy" | "type" | "isDirectory">>;

/**
 * Checks that a call may write its blob: lease, policies, conditions. Nothing may be awaited between this and
 * {@linkcode replaceBlob}: of concurrent conditional writes exactly one finds the blob as it expects.
 */
export function checkWrite(call: Call, exists?: "BlobAlreadyExists" | "PathAlreadyExists"): Container {
  const container = containerOf(call);
  const entry = container.entry(call.key);
  const current = entry?.current;
  checkWriteConditions(call.headers, current, exists);
  entry?.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Blob", true);
  if (!current) return container;
  if (current.isDirectory && !call.operation.startsWith("Path")) throw new AzureError("ResourceTypeMismatch");
  if (isPending(current)) throw new AzureError("PendingCopyOperation");
  checkUnprotected(call, container, current, call.account.versioning);
  return container;
}

/** Whether a blob is still being copied. */
export function isPending({ copy }: StoredBlob): boolean {
  return copy?.status === "pending";
}

/** Refuses to change what a policy protects; `isKept` where the blob stays as an older version. */
export function checkUnprotected(call: Call, container: Container, blob: StoredBlob, isKept = false): void {
  const now = call.server.now();
  const byContainer = container.legalHold || blob.createdOn + container.immutableMs > now;
  const byBlob = blob.legalHold || (blob.immutability?.until ?? 0) > now;
  if (byContainer || (byBlob && !isKept)) throw new AzureError("BlobImmutableDueToPolicy");
}

/** Stores a blob in place of what was there, which becomes an older version or is kept as deleted. */
export function replaceBlob(
  call: Call,
  container: Container,
  attributes: BlobAttributes,
  draft: Draft,
): StoredBlob {
  const { account, server, key } = call;
  const entry = container.makeEntry(key);
  if (account.hierarchical) makeParents(call, container, key);
  retire(call, entry);
  const blob: StoredBlob = {
    ...attributes,
    ...draft,
    key,
    type: draft.type ?? "BlockBlob",
    blocks: draft.blocks ?? [],
    etag: newEtag(call),
    lastModified: wholeSeconds(call),
    createdOn: wholeSeconds(call),
    legalHold: false,
    isDirectory: draft.isDirectory ?? false,
    ...(account.versioning && { versionId: server.nextTimestamp() }),
    ...(attributes.tier !== undefined && { tierChangedAt: wholeSeconds(call) }),
  };
  entry.current = blob;
  entry.uncommitted.clear();
  if (!entry.lease.isHeld(server.now())) entry.lease.end();
  return blob;
}

/** Makes the directories above a path, where they are missing. */
export function makeParents(call: Call, container: Container, key: string): void {
  const segments = key.split("/").slice(0, -1);
  segments.forEach((_, index) => {
    const path = segments.slice(0, index + 1).join("/");
    const found = container.current(path);
    if (found && !found.isDirectory) {
      container.settle(key);
      throw new AzureError("PathConflict");
    }
    if (!found) container.makeEntry(path).current = newDirectory(call, path);
  });
}

/** A directory of a hierarchical namespace. */
export function newDirectory(call: Call, key: string, attributes?: BlobAttributes): StoredBlob {
  return {
    ...(attributes ?? { fields: {}, metadata: new Map(), tags: new Map() }),
    key,
    type: "BlockBlob",
    content: NOTHING,
    blocks: [],
    etag: newEtag(call),
    lastModified: wholeSeconds(call),
    createdOn: wholeSeconds(call),
    legalHold: false,
    isDirectory: true,
  };
}

/** Keeps the current state of a blob as the account wants it before another takes its place. */
export function retire({ account, server }: Call, entry: BlobEntry): void {
  const { current } = entry;
  if (!current || current.isDirectory) return;
  if (account.versioning) {
    entry.older.push({ ...current, versionId: current.versionId ?? server.nextTimestamp() });
  } else if (account.softDeleteDays > 0) {
    entry.older.push({ ...current, snapshot: server.nextTimestamp(), deletedAt: server.now() });
  }
}

/** The fields by which every write answers what it stored. */
export function writtenHeaders(blob: StoredBlob): Record<string, string> {
  return {
    "ETag": blob.etag,
    "Last-Modified": new Date(blob.lastModified).toUTCString(),
    "x-ms-request-server-encrypted": "true",
    ...(blob.encryptionScope !== undefined && { "x-ms-encryption-scope": blob.encryptionScope }),
    ...(blob.versionId !== undefined && { "x-ms-version-id": blob.versionId }),
  };
}

const NOTHING = { size: 0, slice: () => [] };
