import { CatalogueFault, type FaultDetails } from "../parts/catalogue_fault.ts";

/**
 * Codes the service answers with, each with its status and usual message (Azure Storage REST reference, "Common REST
 * API error codes" and "Blob Storage error codes").
 */
const CATALOGUE = {
  AccountIsDisabled: [403, "The specified account is disabled."],
  AuthenticationFailed: [
    403,
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
  ],
  AuthorizationFailure: [403, "This request is not authorized to perform this operation."],
  AuthorizationPermissionMismatch: [
    403,
    "This request is not authorized to perform this operation using this permission.",
  ],
  AuthorizationProtocolMismatch: [
    403,
    "This request is not authorized to perform this operation using this protocol.",
  ],
  AuthorizationResourceTypeMismatch: [
    403,
    "This request is not authorized to perform this operation using this resource type.",
  ],
  AuthorizationServiceMismatch: [
    403,
    "This request is not authorized to perform this operation using this service.",
  ],
  BlobAlreadyExists: [409, "The specified blob already exists."],
  BlobArchived: [409, "This operation is not permitted on an archived blob."],
  BlobBeingRehydrated: [409, "This operation is not permitted because the blob is being rehydrated."],
  BlobImmutableDueToPolicy: [
    409,
    "This operation is not permitted as the blob is immutable due to a policy.",
  ],
  BlobNotFound: [404, "The specified blob does not exist."],
  BlobSnapshotNotSoftDeleted: [409, "The specified blob snapshot or version was not deleted before."],
  BlockCountExceedsLimit: [
    409,
    "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks.",
  ],
  BlockListTooLong: [400, "The block list may not contain more than 50,000 blocks."],
  BothCrc64AndMd5HeaderPresent: [400, "Both x-ms-content-crc64 header and Content-MD5 header are present."],
  CannotVerifyCopySource: [404, "The specified resource does not exist."],
  ConditionNotMet: [412, "The condition specified using HTTP conditional header(s) is not met."],
  ContainerAlreadyExists: [409, "The specified container already exists."],
  ContainerBeingDeleted: [409, "The specified container is being deleted. Try operation later."],
  ContainerNotFound: [404, "The specified container does not exist."],
  CopyIdMismatch: [409, "The specified copy ID did not match the copy ID for the pending copy operation."],
  Crc64Mismatch: [
    400,
    "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.",
  ],
  DirectoryIsNotEmpty: [409, "This operation is not permitted on a non-empty directory."],
  DirectoryNotEmpty: [
    409,
    "The recursive query parameter value must be true to delete a non-empty directory.",
  ],
  EmptyMetadataKey: [400, "The key for one of the metadata key-value pairs is empty."],
  EmptyTagName: [400, "The name of one of the tag key-value pairs is empty."],
  FeatureNotYetSupportedForHierarchicalNamespaceAccounts: [
    409,
    "Specified feature is not yet supported for hierarchical namespace accounts.",
  ],
  FilesystemAlreadyExists: [409, "The specified filesystem already exists."],
  FilesystemNotFound: [404, "The specified filesystem does not exist."],
  HierarchicalNamespaceNotEnabled: [
    400,
    "The hierarchical namespace is not enabled for the storage account.",
  ],
  ImmutableStorageWithVersioningNotEnabled: [
    409,
    "Immutable storage with versioning is not enabled for the container.",
  ],
  InsufficientAccountPermissions: [
    403,
    "The account being accessed does not have sufficient permissions to execute this operation.",
  ],
  InternalError: [500, "The server encountered an internal error. Please retry the request."],
  InvalidAuthenticationInfo: [
    400,
    "Authentication information is not given in the correct format. Check the value of Authorization header.",
  ],
  InvalidBlobOrBlock: [400, "The specified blob or block content is invalid."],
  InvalidBlobTier: [400, "The specified blob tier is invalid."],
  InvalidBlobType: [409, "The blob type is invalid for this operation."],
  InvalidBlockId: [400, "The specified block ID is invalid. The block ID must be Base64-encoded."],
  InvalidBlockList: [400, "The specified block list is invalid."],
  InvalidFlushPosition: [
    400,
    "The uploaded data is not contiguous or the position query parameter value is not equal to the length of the file after appending the uploaded data.",
  ],
  InvalidHeaderValue: [400, "The value for one of the HTTP headers is not in the correct format."],
  InvalidInput: [400, "One of the request inputs is not valid."],
  InvalidMd5: [
    400,
    "The MD5 value specified in the request is invalid. The MD5 value must be 128 bits and Base64-encoded.",
  ],
  InvalidMetadata: [400, "The metadata specified is invalid. It has characters that are not permitted."],
  InvalidOperation: [400, "Invalid operation against a blob snapshot."],
  InvalidQueryParameterValue: [
    400,
    "Value for one of the query parameters specified in the request URI is invalid.",
  ],
  InvalidRange: [416, "The range specified is invalid for the current size of the resource."],
  InvalidRenameSourcePath: [
    409,
    "The source directory cannot be the same as, nor a parent of, the destination directory.",
  ],
  InvalidResourceName: [400, "The specifed resource name contains invalid characters."],
  InvalidSourceOrDestinationResourceType: [
    409,
    "The source and destination resource type must be identical.",
  ],
  InvalidTag: [400, "The tags specified are invalid. It contains characters that are not permitted."],
  InvalidUri: [400, "The requested URI does not represent any resource on the server."],
  InvalidXmlDocument: [400, "XML specified is not syntactically valid."],
  KeyBasedAuthenticationNotPermitted: [
    403,
    "Key based authentication is not permitted on this storage account.",
  ],
  LeaseAlreadyBroken: [409, "The lease has already been broken and cannot be broken again."],
  LeaseAlreadyPresent: [409, "There is already a lease present."],
  LeaseIdMismatchWithBlobOperation: [
    412,
    "The lease ID specified did not match the lease ID for the blob.",
  ],
  LeaseIdMismatchWithContainerOperation: [
    412,
    "The lease ID specified did not match the lease ID for the container.",
  ],
  LeaseIdMismatchWithLeaseOperation: [
    409,
    "The lease ID specified did not match the lease ID for the blob/container.",
  ],
  LeaseIdMissing: [
    412,
    "There is currently a lease on the blob/container and no lease ID was specified in the request.",
  ],
  LeaseIsBreakingAndCannotBeAcquired: [
    409,
    "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.",
  ],
  LeaseIsBreakingAndCannotBeChanged: [
    409,
    "The lease ID matched, but the lease is currently in breaking state and cannot be changed.",
  ],
  LeaseIsBrokenAndCannotBeRenewed: [
    409,
    "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
  ],
  LeaseLost: [
    412,
    "A lease ID was specified, but the lease for the blob/container has expired.",
  ],
  LeaseNotPresentWithBlobOperation: [412, "There is currently no lease on the blob."],
  LeaseNotPresentWithContainerOperation: [412, "There is currently no lease on the container."],
  LeaseNotPresentWithLeaseOperation: [409, "There is currently no lease on the blob/container."],
  Md5Mismatch: [
    400,
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
  ],
  MetadataTooLarge: [400, "The metadata specified exceeds the maximum allowed limit (8KB)."],
  MissingContentLengthHeader: [411, "The Content-Length header was not specified."],
  MissingRequiredHeader: [400, "An HTTP header that's mandatory for this request is not specified."],
  MissingRequiredQueryParameter: [
    400,
    "A query parameter that's mandatory for this request is not specified.",
  ],
  MultipleConditionHeadersNotSupported: [400, "Multiple condition headers are not supported."],
  NoAuthenticationInformation: [
    401,
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
  ],
  NoPendingCopyOperation: [409, "There is currently no pending copy operation."],
  OperationNotAllowedOnRootBlob: [403, "The specified operation is not allowed on root blob."],
  OutOfRangeInput: [400, "One of the request inputs is out of range."],
  OutOfRangeQueryParameterValue: [
    400,
    "One of the query parameters specified in the request URI is outside the permissible range.",
  ],
  PathAlreadyExists: [409, "The specified path already exists."],
  PathConflict: [
    409,
    "The specified path, or an element of the path, exists and its resource type is invalid for this operation.",
  ],
  PathNotFound: [404, "The specified path does not exist."],
  PendingCopyOperation: [409, "There is currently a pending copy operation."],
  PublicAccessNotPermitted: [409, "Public access is not permitted on this storage account."],
  RenameDestinationParentPathNotFound: [404, "The parent directory of the destination path does not exist."],
  RequestBodyTooLarge: [
    413,
    "The request body is too large and exceeds the maximum permissible limit.",
  ],
  ResourceNotFound: [404, "The specified resource does not exist."],
  ResourceTypeMismatch: [
    409,
    "The specified resource type does not match the type of the existing resource.",
  ],
  SnapshotsPresent: [409, "This operation is not permitted because the blob has snapshots."],
  SourceConditionNotMet: [
    412,
    "The source condition specified using HTTP conditional header(s) is not met.",
  ],
  SourcePathNotFound: [404, "The source path for a rename operation does not exist."],
  TagsTooLarge: [400, "The tags specified exceed the maximum allowed limit."],
  UnsatisfiableCondition: [
    400,
    "The request includes an unsatisfiable condition for this operation.",
  ],
  UnsupportedHeader: [400, "One of the HTTP headers specified in the request is not supported."],
  UnsupportedHttpVerb: [405, "The resource doesn't support specified Http Verb."],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** A code of the catalogue. */
export type AzureErrorCode = keyof typeof CATALOGUE;

/** A refusal, answered as the service writes it. */
export class AzureError extends CatalogueFault<typeof CATALOGUE> {
  override readonly name = "AzureError";

  constructor(code: AzureErrorCode, options?: FaultDetails) {
    super(CATALOGUE, code, options);
  }
}

/** The status and message of a code, or undefined when it is not in the catalogue. */
export function catalogued(code: string): readonly [status: number, message: string] | undefined {
  return Object.entries(CATALOGUE).find(([name]) => name === code)?.[1];
}

/** A header whose value is refused. */
export function badHeader(name: string, value: string | undefined): AzureError {
  return new AzureError("InvalidHeaderValue", { details: { HeaderName: name, HeaderValue: value ?? "" } });
}

/** A parameter of the query whose value is refused. */
export function badQuery(name: string, value: string | undefined, reason?: string): AzureError {
  return new AzureError("InvalidQueryParameterValue", {
    details: {
      QueryParameterName: name,
      QueryParameterValue: value ?? "",
      ...(reason !== undefined && { Reason: reason }),
    },
  });
}

/** A header that must be there and is not. */
export function missingHeader(name: string): AzureError {
  return new AzureError("MissingRequiredHeader", { details: { HeaderName: name } });
}
