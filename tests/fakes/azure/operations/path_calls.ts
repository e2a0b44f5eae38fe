import type { WireResponse } from "@lade/testing/http";
import { BytesContent, JoinedContent } from "../../parts/content.ts";
import { AzureError, badHeader, badQuery } from "../azure_error.ts";
import type { Container } from "../store/container.ts";
import type { BlobAttributes, StoredBlob } from "../store/stored_blob.ts";
import { blobHeaders } from "./attributes.ts";
import { type Call, emptyResponse, newEtag, wholeSeconds } from "./call.ts";
import { checkReadConditions, checkWriteConditions } from "./conditions.ts";
import { findBlob, findCurrent } from "./find_blob.ts";
import { receiveBody } from "./receive_body.ts";
import { checkUnprotected, checkWrite, makeParents, newDirectory, replaceBlob } from "./replace_blob.ts";

/** Path - Create, of a file or a directory; the directories above it are made with it. */
export function createPath(call: Call): WireResponse {
  checkHierarchical(call);
  const attributes = readPathAttributes(call);
  const container = checkWrite(call, "PathAlreadyExists");
  const current = container.current(call.key);
  const isDirectory = call.query.get("resource") === "directory";
  if (current && current.isDirectory !== isDirectory) throw new AzureError("PathConflict");
  if (!isDirectory) {
    const blob = replaceBlob(call, container, attributes, { content: new BytesContent(new Uint8Array(0)) });
    return emptyResponse(201, { ...pathHeaders(blob), "x-ms-request-server-encrypted": "true" });
  }
  makeParents(call, container, call.key);
  const directory = newDirectory(call, call.key, attributes);
  container.makeEntry(call.key).current = directory;
  return emptyResponse(201, pathHeaders(directory));
}

/** Path - Delete: a file, or a directory with all in it where that is asked for. */
export function deletePath(call: Call): WireResponse {
  checkHierarchical(call);
  const { headers, server, query, key } = call;
  const { container, entry, blob } = findCurrent(call);
  checkWriteConditions(headers, blob);
  entry.lease.check(headers.get("x-ms-lease-id"), server.now(), "Blob", true);
  const within = blob.isDirectory ? entriesBelow(container, key) : [];
  if (within.length > 0 && query.get("recursive") !== "true") throw new AzureError("DirectoryNotEmpty");
  const doomed = [...within.toReversed(), entry];
  const now = doomed.slice(0, server.settings.maxPathDeletions);
  for (const { key, current, lease } of now) {
    if (current && !current.isDirectory) checkUnprotected(call, container, current);
    if (lease !== entry.lease) lease.check(undefined, server.now(), "Blob", true);
    container.forget(key);
  }
  return emptyResponse(
    200,
    now.length < doomed.length ? { "x-ms-continuation": String(server.nextNumber()) } : {},
  );
}

/** What is below a directory, each directory before what is in it. */
export function entriesBelow(container: Container, directory: string) {
  return container.entries("hierarchical").filter(({ key, current }) =>
    current && key.startsWith(`${directory}/`)
  );
}

/** Path - Get Properties, of what the file system knows beside the blob. */
export function getPathStatus(call: Call): WireResponse {
  checkHierarchical(call);
  const blob = findBlob(call);
  checkReadConditions(call.headers, blob);
  const permissions = blob.isDirectory ? "rwxr-x---" : "rw-r-----";
  const { "x-ms-meta-hdi_isfolder": _, ...told } = blobHeaders(call, blob);
  return emptyResponse(200, {
    ...told,
    "x-ms-owner": "$superuser",
    "x-ms-group": "$superuser",
    "x-ms-permissions": permissions,
    "x-ms-acl": "user::rwx,group::r-x,other::---",
    "x-ms-properties": [...blob.metadata].map(([name, value]) => `${name}=${btoa(value)}`).join(","),
  });
}

/** Path - Update with the action `setProperties`. */
export function setPathProperties(call: Call): WireResponse {
  checkHierarchical(call);
  const { metadata, fields } = readPathAttributes(call);
  const { entry, blob } = findCurrent(call);
  checkWriteConditions(call.headers, blob);
  entry.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Blob", true);
  if (call.headers.has("x-ms-properties")) blob.metadata = metadata;
  blob.fields = { ...blob.fields, ...fields };
  touchPath(call, blob);
  return emptyResponse(200, pathHeaders(blob));
}

/** Path - Update with the action `append`: bytes that the file does not have before they are flushed. */
export async function appendPath(call: Call): Promise<WireResponse> {
  checkHierarchical(call);
  const { content } = await receiveBody(call, { limit: call.server.settings.maxBlockSize });
  const { entry, blob } = findCurrent(call);
  if (blob.isDirectory) throw new AzureError("ResourceTypeMismatch");
  entry.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Blob", true);
  const id = String(positionOf(call)).padStart(20, "0");
  entry.uncommitted.set(id, { id, content });
  entry.blockedAt = call.server.now();
  return emptyResponse(202, { "x-ms-request-server-encrypted": "true" });
}

/** Path - Update with the action `flush`: what was appended becomes the file's, up to a position. */
export function flushPath(call: Call): WireResponse {
  checkHierarchical(call);
  const { entry, blob } = findCurrent(call);
  checkWriteConditions(call.headers, blob);
  entry.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Blob", true);
  const appended = [...entry.uncommitted.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  const content = new JoinedContent([blob.content, ...appended.map((block) => block.content)]);
  let end = blob.content.size;
  for (const { id, content } of appended) {
    if (Number(id) !== end) throw new AzureError("InvalidFlushPosition");
    end += content.size;
  }
  if (positionOf(call) !== end) throw new AzureError("InvalidFlushPosition");
  blob.content = content;
  blob.fields = { ...blob.fields, ...readPathAttributes(call).fields };
  entry.uncommitted.clear();
  touchPath(call, blob);
  return emptyResponse(200, { ...pathHeaders(blob), "x-ms-request-server-encrypted": "true" });
}

/** Refuses what only a hierarchical namespace has. */
export function checkHierarchical({ account }: Call): void {
  if (!account.hierarchical) throw new AzureError("HierarchicalNamespaceNotEnabled");
}

/** The fields by which the file system answers what changed. */
export function pathHeaders(
  { etag, lastModified }: Pick<StoredBlob, "etag" | "lastModified">,
): Record<string, string> {
  return { "ETag": etag, "Last-Modified": new Date(lastModified).toUTCString() };
}

/** What a call says of its path: `x-ms-properties`, names with values in base64, and content fields. */
export function readPathAttributes({ headers }: Call): BlobAttributes {
  const given = headers.get("x-ms-properties") ?? "";
  const metadata = given.split(",").filter((pair) => pair !== "").map((pair): [string, string] => {
    const [, name = "", value = ""] = /^\s*([A-Za-z_]\w*)=([A-Za-z0-9+/]*={0,2})\s*$/.exec(pair) ?? [];
    if (name === "") throw badHeader("x-ms-properties", given);
    return [name, atob(value)];
  });
  const names = [
    "content-type",
    "content-encoding",
    "content-language",
    "content-disposition",
    "cache-control",
  ];
  const fields = names.map((name) => [name, headers.get(`x-ms-${name}`)]).filter(([, value]) =>
    value !== undefined
  );
  return { fields: Object.fromEntries(fields), metadata: new Map(metadata), tags: new Map() };
}

function touchPath(call: Call, blob: StoredBlob): void {
  blob.etag = newEtag(call);
  blob.lastModified = wholeSeconds(call);
}

function positionOf({ query }: Call): number {
  const text = query.get("position");
  if (text === undefined || !/^\d+$/.test(text)) throw badQuery("position", text);
  return Number(text);
}
