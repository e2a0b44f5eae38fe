import type { HeaderList } from "@lade/testing/http";
import { AzureError, badQuery } from "../azure_error.ts";

/** What a request can ask for, by its name in the REST reference, without the spaces. */
export type Operation =
  | ServiceOperation
  | ContainerOperation
  | BlobOperation
  | PathOperation
  | "EntraToken"
  | "EntraConfiguration"
  | "ManagedIdentityToken";

/** Of the account. */
export type ServiceOperation =
  | "ListContainers"
  | "GetBlobServiceProperties"
  | "SetBlobServiceProperties"
  | "GetBlobServiceStats"
  | "GetAccountInformation"
  | "GetUserDelegationKey"
  | "FindBlobsByTags"
  | "BlobBatch";

/** Of a container. */
export type ContainerOperation =
  | "CreateContainer"
  | "GetContainerProperties"
  | "GetContainerMetadata"
  | "SetContainerMetadata"
  | "GetContainerACL"
  | "SetContainerACL"
  | "DeleteContainer"
  | "RestoreContainer"
  | "LeaseContainer"
  | "ListBlobs";

/** Of a blob. */
export type BlobOperation =
  | "PutBlob"
  | "PutBlobFromURL"
  | "GetBlob"
  | "GetBlobProperties"
  | "SetBlobProperties"
  | "GetBlobMetadata"
  | "SetBlobMetadata"
  | "GetBlobTags"
  | "SetBlobTags"
  | "LeaseBlob"
  | "SnapshotBlob"
  | "CopyBlob"
  | "CopyBlobFromURL"
  | "AbortCopyBlob"
  | "DeleteBlob"
  | "UndeleteBlob"
  | "SetBlobTier"
  | "PutBlock"
  | "PutBlockFromURL"
  | "PutBlockList"
  | "GetBlockList"
  | "SetBlobImmutabilityPolicy"
  | "DeleteBlobImmutabilityPolicy"
  | "SetBlobLegalHold";

/** Of the file system's endpoint. */
export type PathOperation =
  | "PathCreate"
  | "PathRename"
  | "PathList"
  | "PathDelete"
  | "PathGetStatus"
  | "PathSetProperties"
  | "PathAppend"
  | "PathFlush"
  | "FilesystemList"
  | "FilesystemCreate"
  | "FilesystemDelete"
  | "FilesystemGetProperties";

/** What tells one request from another. */
export interface RouteInput {
  /** The method. */
  readonly method: string;
  /** The container, or an empty string. */
  readonly container: string;
  /** The blob, or an empty string. */
  readonly key: string;
  /** The query, decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** The header fields. */
  readonly headers: HeaderList;
}

const SERVICE: Readonly<Record<string, ServiceOperation>> = {
  "GET  list": "ListContainers",
  "GET service properties": "GetBlobServiceProperties",
  "PUT service properties": "SetBlobServiceProperties",
  "GET service stats": "GetBlobServiceStats",
  "GET account properties": "GetAccountInformation",
  "HEAD account properties": "GetAccountInformation",
  "POST service userdelegationkey": "GetUserDelegationKey",
  "GET  blobs": "FindBlobsByTags",
  "POST  batch": "BlobBatch",
  // The service's own client says so where the account is a segment of the path.
  "POST container batch": "BlobBatch",
};

const CONTAINER: Readonly<Record<string, Operation>> = {
  "PUT container ": "CreateContainer",
  "GET container ": "GetContainerProperties",
  "HEAD container ": "GetContainerProperties",
  "GET container metadata": "GetContainerMetadata",
  "HEAD container metadata": "GetContainerMetadata",
  "PUT container metadata": "SetContainerMetadata",
  "GET container acl": "GetContainerACL",
  "PUT container acl": "SetContainerACL",
  "DELETE container ": "DeleteContainer",
  "PUT container undelete": "RestoreContainer",
  "PUT container lease": "LeaseContainer",
  "GET container list": "ListBlobs",
  "GET container blobs": "FindBlobsByTags",
  "POST container batch": "BlobBatch",
  "GET account properties": "GetAccountInformation",
  "HEAD account properties": "GetAccountInformation",
};

const BLOB: Readonly<Record<string, Operation>> = {
  "GET  ": "GetBlob",
  "HEAD  ": "GetBlobProperties",
  "PUT  properties": "SetBlobProperties",
  "GET  metadata": "GetBlobMetadata",
  "HEAD  metadata": "GetBlobMetadata",
  "PUT  metadata": "SetBlobMetadata",
  "GET  tags": "GetBlobTags",
  "PUT  tags": "SetBlobTags",
  "PUT  lease": "LeaseBlob",
  "PUT  snapshot": "SnapshotBlob",
  "PUT  copy": "AbortCopyBlob",
  "DELETE  ": "DeleteBlob",
  "PUT  undelete": "UndeleteBlob",
  "PUT  tier": "SetBlobTier",
  "PUT  blocklist": "PutBlockList",
  "GET  blocklist": "GetBlockList",
  "PUT  immutabilitypolicies": "SetBlobImmutabilityPolicy",
  "DELETE  immutabilitypolicies": "DeleteBlobImmutabilityPolicy",
  "PUT  legalhold": "SetBlobLegalHold",
  "GET account properties": "GetAccountInformation",
  "HEAD account properties": "GetAccountInformation",
};

const FILESYSTEM: Readonly<Record<string, PathOperation>> = {
  PUT: "FilesystemCreate",
  DELETE: "FilesystemDelete",
  HEAD: "FilesystemGetProperties",
  GET: "PathList",
};

const ACTIONS: Readonly<Record<string, PathOperation>> = {
  "HEAD getStatus": "PathGetStatus",
  "HEAD getAccessControl": "PathGetStatus",
  "PATCH append": "PathAppend",
  "PATCH flush": "PathFlush",
  "PATCH setProperties": "PathSetProperties",
};

/** The operation that a request asks for; one that is unknown is refused. */
export function route(input: RouteInput): Operation {
  const operation = pathOperation(input) ?? blobOperation(input);
  if (operation !== undefined) return operation;
  const comp = input.query.get("comp");
  if (comp === undefined) throw new AzureError("UnsupportedHttpVerb");
  throw badQuery("comp", comp);
}

function blobOperation({ method, container, key, query, headers }: RouteInput): Operation | undefined {
  const comp = query.get("comp")?.toLowerCase() ?? "";
  const what = `${method} ${query.get("restype")?.toLowerCase() ?? ""} ${comp}`;
  if (container === "") return SERVICE[what];
  if (key === "") return CONTAINER[what];
  if (method !== "PUT" || !["", "block"].includes(comp)) return BLOB[what];
  const copies = headers.has("x-ms-copy-source");
  if (comp === "block") return copies ? "PutBlockFromURL" : "PutBlock";
  if (!copies) return "PutBlob";
  if (headers.has("x-ms-blob-type")) return "PutBlobFromURL";
  return headers.get("x-ms-requires-sync") === "true" ? "CopyBlobFromURL" : "CopyBlob";
}

function pathOperation({ method, container, key, query, headers }: RouteInput): PathOperation | undefined {
  const resource = query.get("resource");
  if (resource === "account" && method === "GET" && container === "") return "FilesystemList";
  if (resource === "filesystem" && key === "") return FILESYSTEM[method];
  if (key === "") return undefined;
  if (method === "PUT" && headers.has("x-ms-rename-source")) return "PathRename";
  if (method === "PUT" && (resource === "file" || resource === "directory")) return "PathCreate";
  if (method === "DELETE" && query.has("recursive")) return "PathDelete";
  return ACTIONS[`${method} ${query.get("action") ?? ""}`];
}
