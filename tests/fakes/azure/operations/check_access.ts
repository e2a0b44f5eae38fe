import type { Identity } from "../auth/authenticate.ts";
import type { Role } from "../auth/tokens.ts";
import { AzureError } from "../azure_error.ts";
import type { Call } from "./call.ts";
import type { Operation } from "./route.ts";

/** What an operation needs. */
interface Need {
  /** Letters of a shared access signature, of which one is needed; none where no signature for a resource has it. */
  readonly sas: string;
  /** The kind of resource, of a signature for an account. */
  readonly type: "s" | "c" | "o";
  /** The right of a role. */
  readonly right: Right;
  /** What must be public so that nobody has to sign in. */
  readonly isPublic?: "blob" | "container";
}

/** What roles may do. */
type Right = "read" | "write" | "tags" | "ownership" | "delegate" | "any";

const READ = { type: "o", right: "read" } as const;
const WRITE = { type: "o", right: "write" } as const;

const NEEDS: Readonly<Partial<Record<Operation, Need>>> = {
  ListContainers: { sas: "l", type: "s", right: "read" },
  GetBlobServiceProperties: { sas: "r", type: "s", right: "read" },
  SetBlobServiceProperties: { sas: "w", type: "s", right: "write" },
  GetBlobServiceStats: { sas: "r", type: "s", right: "read" },
  GetAccountInformation: { sas: "racwdl", type: "s", right: "any" },
  GetUserDelegationKey: { sas: "", type: "s", right: "delegate" },
  FindBlobsByTags: { sas: "f", type: "s", right: "tags" },
  BlobBatch: { sas: "racwdxylti", type: "s", right: "any" },
  CreateContainer: { sas: "cw", type: "c", right: "write" },
  GetContainerProperties: { sas: "r", type: "c", right: "read", isPublic: "container" },
  GetContainerMetadata: { sas: "r", type: "c", right: "read", isPublic: "container" },
  SetContainerMetadata: { sas: "w", type: "c", right: "write" },
  GetContainerACL: { sas: "", type: "c", right: "ownership" },
  SetContainerACL: { sas: "", type: "c", right: "ownership" },
  DeleteContainer: { sas: "d", type: "c", right: "write" },
  RestoreContainer: { sas: "w", type: "c", right: "write" },
  LeaseContainer: { sas: "wd", type: "c", right: "write" },
  ListBlobs: { sas: "l", type: "c", right: "read", isPublic: "container" },
  GetBlob: { ...READ, sas: "r", isPublic: "blob" },
  GetBlobProperties: { ...READ, sas: "r", isPublic: "blob" },
  GetBlobMetadata: { ...READ, sas: "r", isPublic: "blob" },
  GetBlockList: { ...READ, sas: "r", isPublic: "blob" },
  GetBlobTags: { sas: "t", type: "o", right: "tags" },
  SetBlobTags: { sas: "t", type: "o", right: "tags" },
  PutBlob: { ...WRITE, sas: "cw" },
  PutBlobFromURL: { ...WRITE, sas: "cw" },
  PutBlock: { ...WRITE, sas: "cw" },
  PutBlockFromURL: { ...WRITE, sas: "cw" },
  PutBlockList: { ...WRITE, sas: "cw" },
  CopyBlob: { ...WRITE, sas: "cw" },
  CopyBlobFromURL: { ...WRITE, sas: "cw" },
  SnapshotBlob: { ...WRITE, sas: "cw" },
  AbortCopyBlob: { ...WRITE, sas: "w" },
  SetBlobProperties: { ...WRITE, sas: "w" },
  SetBlobMetadata: { ...WRITE, sas: "w" },
  SetBlobTier: { ...WRITE, sas: "w" },
  LeaseBlob: { ...WRITE, sas: "wd" },
  DeleteBlob: { ...WRITE, sas: "d" },
  UndeleteBlob: { ...WRITE, sas: "w" },
  SetBlobImmutabilityPolicy: { sas: "i", type: "o", right: "ownership" },
  DeleteBlobImmutabilityPolicy: { sas: "i", type: "o", right: "ownership" },
  SetBlobLegalHold: { sas: "i", type: "o", right: "ownership" },
  PathCreate: { ...WRITE, sas: "cw" },
  PathRename: { ...WRITE, sas: "mw" },
  PathDelete: { ...WRITE, sas: "d" },
  PathList: { sas: "l", type: "c", right: "read" },
  PathGetStatus: { ...READ, sas: "re" },
  PathSetProperties: { ...WRITE, sas: "w" },
  PathAppend: { ...WRITE, sas: "caw" },
  PathFlush: { ...WRITE, sas: "caw" },
  FilesystemList: { sas: "l", type: "s", right: "read" },
  FilesystemCreate: { sas: "cw", type: "c", right: "write" },
  FilesystemDelete: { sas: "d", type: "c", right: "write" },
  FilesystemGetProperties: { sas: "r", type: "c", right: "read" },
};

const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  owner: ["read", "write", "tags", "ownership", "delegate", "any"],
  contributor: ["read", "write", "delegate", "any"],
  reader: ["read", "delegate", "any"],
  delegator: ["delegate"],
  none: [],
};

/** Container operations that a signature for one container can grant. */
const OF_A_CONTAINER: readonly Operation[] = ["ListBlobs", "PathList", "BlobBatch", "FindBlobsByTags"];

/** Checks that the sender of a call may make it. */
export function checkAccess(call: Call): void {
  const need = needOf(call);
  if (!need) return;
  const { identity, operation } = call;
  if (identity.kind === "anonymous") return checkPublic(call, need);
  if (operation === "GetUserDelegationKey" && identity.kind !== "bearer") {
    throw new AzureError("AuthenticationFailed", {
      details: { AuthenticationErrorDetail: "Only authentication scheme Bearer is supported" },
    });
  }
  if (identity.kind === "bearer") checkRole(identity.principal.role, need.right);
  if (identity.kind === "sas") checkGrant(call, identity, need);
  checkTags(call);
}

function needOf({ operation, query, containerName }: Call): Need | undefined {
  const need = NEEDS[operation];
  if (operation === "DeleteBlob" && need) {
    if (query.get("deletetype") === "permanent") return { ...need, sas: "y", right: "ownership" };
    if (query.has("versionid")) return { ...need, sas: "x" };
  }
  // Of a container, these need no more than its kind of resource.
  if (["BlobBatch", "FindBlobsByTags", "GetAccountInformation"].includes(operation) && containerName !== "") {
    return need && { ...need, type: "c" };
  }
  return need;
}

function checkRole(role: Role, right: Right): void {
  if (!RIGHTS[role].includes(right)) throw new AzureError("AuthorizationPermissionMismatch");
}

function checkGrant(call: Call, { grant, principal }: Identity & { kind: "sas" }, need: Need): void {
  const { resourceTypes, permissions } = grant;
  if (resourceTypes !== undefined) {
    if (!resourceTypes.includes(need.type)) throw new AzureError("AuthorizationResourceTypeMismatch");
  } else if (need.type !== "o" && !OF_A_CONTAINER.includes(call.operation) && need.right !== "any") {
    throw new AzureError("AuthorizationFailure");
  }
  if (grant.objectId !== undefined) checkRole(principal?.role ?? "none", need.right);
  const letters = [...need.sas].filter((letter) => permissions.includes(letter));
  // To create is not to overwrite.
  const overwrites = letters.every((letter) => letter === "c") && need.sas === "cw" && need.type === "o" &&
    call.account.containers.get(call.containerName)?.current(call.key) !== undefined;
  if (letters.length === 0 || overwrites) throw new AzureError("AuthorizationPermissionMismatch");
}

/** What is written with tags needs the right to set tags as well. */
function checkTags({ headers, identity, operation }: Call): void {
  if (!headers.has("x-ms-tags") || operation === "SetBlobTags") return;
  if (identity.kind === "bearer") checkRole(identity.principal.role, "tags");
  if (identity.kind === "sas" && !identity.grant.permissions.includes("t")) {
    throw new AzureError("AuthorizationPermissionMismatch");
  }
}

function checkPublic({ account, containerName, server, headers }: Call, { isPublic }: Need): void {
  if (!account.allowsPublicAccess) throw new AzureError("PublicAccessNotPermitted");
  const allowed = account.containers.get(containerName)?.publicAccess;
  if (isPublic !== undefined && allowed !== undefined && (allowed === "container" || isPublic === "blob")) {
    return;
  }
  // Versions before this one do not say how to sign in.
  if ((headers.get("x-ms-version") ?? "") < "2019-12-12") throw new AzureError("ResourceNotFound");
  throw new AzureError("NoAuthenticationInformation", { headers: server.tokens.challenge });
}
