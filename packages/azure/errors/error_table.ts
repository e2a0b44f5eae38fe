import {
  AlreadyExistsError,
  ChecksumMismatchError,
  InvalidNameError,
  NotEmptyError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  QuotaExceededError,
  RangeNotSatisfiableError,
  ServiceError,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/errors";
import { type ErrorRow, errorRows, type Failures, HTTP_ERRORS } from "@lade/service/errors";

const CLOCK = "the clock of this machine is {skew}; set the clock";

const FAILURES: readonly Failures[] = [
  [NotFoundError, {
    "BlobNotFound PathNotFound SourcePathNotFound": "no such object",
    "ContainerNotFound FilesystemNotFound":
      "no such container at {endpoint}; check its name and the account's, or make it first",
    "ResourceNotFound":
      "no such object or container; check the names: without credentials, only what is public is there",
    "InvalidQueryParameterValue: versionid": "no such version of the object",
    "AccountNotFound": "no such account at {endpoint}; check its name",
  }],
  [AlreadyExistsError, {
    "BlobAlreadyExists PathAlreadyExists": "the object exists already",
    "ContainerAlreadyExists FilesystemAlreadyExists": "the container exists already",
  }],
  [NotEmptyError, { "DirectoryNotEmpty DirectoryIsNotEmpty": "the directory still holds objects" }],
  [PreconditionFailedError, {
    "ConditionNotMet TargetConditionNotMet SourceConditionNotMet": "the object is not as the condition says",
  }],
  [RangeNotSatisfiableError, { "InvalidRange": "the range begins past the object's end" }],
  [UnauthenticatedError, {
    "AuthenticationFailed: date header": CLOCK,
    "AuthenticationFailed: specified time frame":
      "{identity} has expired or does not hold yet: {message}; make another one, and compare se and st with the clock",
    "AuthenticationFailed: fields not well formed":
      "{identity} is not complete; set it as it was made, with all of its fields",
    "AuthenticationFailed: signature did not match":
      "{identity} does not fit; it is for another place or account, was changed, or its key was renewed",
    "AuthenticationFailed: MAC signature":
      "the signature does not fit {identity}; check the key, and that it is one of this account",
    "InvalidAuthenticationInfo: expired": "the token of {identity} has expired; sign in again",
    "InvalidAuthenticationInfo: issuer":
      "{identity} is of another tenant than the account; sign in to that of the account (AZURE_TENANT_ID)",
    "InvalidAuthenticationInfo: audience":
      "the token of {identity} is for another service; take one for https://storage.azure.com/",
    "AuthenticationFailed InvalidAuthenticationInfo":
      "the service does not accept {identity}: {message}; check that it is of this account, and the clock",
    "AuthorizationFailure: failed to authenticate":
      "the service does not accept {identity}; give a key or signature that is one of this account",
    "NoAuthenticationInformation":
      "the service asks who it is; give a key, a SAS or a connection string, or sign in (az login)",
  }],
  [PermissionDeniedError, {
    "AuthorizationPermissionMismatch InsufficientAccountPermissions": "access denied to {identity}; {grant}",
    "CannotVerifyCopySource":
      "the service cannot read the source: {message}; check whom the account of the source lets read it",
    "AuthorizationFailure":
      "access denied to {identity} from here; the account's firewall may not know this network: allow its address",
    "AuthorizationSourceIPMismatch":
      "{identity} is for other addresses than this machine's (sip); make one for this address",
    "AuthorizationProtocolMismatch": "{identity} is for https alone (spr); use the https endpoint",
    "AuthorizationResourceTypeMismatch AuthorizationServiceMismatch":
      "{identity} is for other things; make one for blobs (ss=b), containers and objects (srt=co)",
    "KeyBasedAuthenticationNotPermitted":
      "the account takes no keys, nor what they signed; sign in with Entra ID (az login, a managed identity)",
    "PublicAccessNotPermitted": "the account permits no public access; give credentials",
    "AccountIsDisabled ContainerDisabled":
      "it is disabled; ask its owner: an unpaid subscription is a reason",
    "LeaseIdMissing":
      "it is leased, and only who holds the lease can change it; wait until it ends, or break the lease",
    "LeaseIdMismatchWithBlobOperation LeaseIdMismatchWithContainerOperation LeaseIdMismatchWithLeaseOperation":
      "another lease holds it; wait until it ends, or break the lease",
    "LeaseNotPresentWithBlobOperation LeaseNotPresentWithContainerOperation LeaseNotPresentWithLeaseOperation":
      "the lease has ended; take a new one",
    "LeaseAlreadyPresent LeaseIsBreakingAndCannotBeAcquired LeaseIsBreakingAndCannotBeChanged":
      "it is leased already; wait until the lease ends, or break it",
    "LeaseLost LeaseAlreadyBroken LeaseIsBrokenAndCannotBeRenewed": "the lease was broken; take a new one",
    "BlobImmutableDueToPolicy ContainerImmutableDueToPolicy":
      "an immutability policy or a legal hold protects it; wait until that ends, or write under another key",
    "BlobUsesCustomerSpecifiedEncryption BlobCustomerSpecifiedEncryptionMismatch":
      "the object is encrypted with a key of its writer's; give that key",
  }],
  [UnavailableError, {
    "ContainerBeingDeleted FilesystemBeingDeleted":
      "a container of this name is being deleted, which takes half a minute and more; try again",
    "AccountBeingCreated": "the account is being made; try again in a minute",
    "OperationTimedOut InternalError": "the service failed: {message}; try again later",
  }],
  [ThrottledError, {
    "ServerBusy: gress is over":
      "more bytes than the account may move: {message}; try again later, or with less concurrency",
    "ServerBusy TooManyRequests":
      "the service asks for fewer requests; try again later, or with less concurrency",
    "IngressOverAccountLimit EgressOverAccountLimit":
      "more bytes than the account may move; try again later, or with less concurrency",
  }],
  [InvalidNameError, {
    "ResourceTypeMismatch PathConflict InvalidSourceOrDestinationResourceType":
      "the account has directories, so one name is not that of an object and of one that holds others; use another",
    "InvalidResourceName OutOfRangeInput InvalidUri":
      "the service does not take this name; containers have 3 to 63 lower-case letters, digits, single hyphens",
    "InvalidMetadata EmptyMetadataKey":
      "the service does not take this metadata; names are letters, digits and underscores, and begin with no digit",
  }],
  [QuotaExceededError, {
    "MetadataTooLarge TagsTooLarge":
      "more metadata or tags than the service takes; 8 KiB of metadata and 10 tags are the most",
    "RequestBodyTooLarge RequestEntityTooLarge":
      "more bytes than the service takes in one request; write with smaller parts",
    "BlockCountExceedsLimit BlockListTooLong":
      "more blocks than the service takes; write with larger parts, or drop those of no object by putting a small one there",
  }],
  [ChecksumMismatchError, {
    "Md5Mismatch Crc64Mismatch InvalidMd5":
      "the service received other bytes than were sent; try again: if it stays so, a proxy or memory is at fault",
  }],
  [UnsupportedError, {
    "InvalidHeaderValue: access-tier":
      "the service does not know this tier; name Hot, Cool, Cold or Archive as the storage class",
    "InvalidHeaderValue: version":
      "the service does not know the version of its interface that is spoken; run Azurite with --skipApiVersionCheck",
    "InvalidBlobType AccessTierNotSupportedForBlobType BlobAccessTierNotSupportedForAccountType":
      "a blob of this type cannot be changed so: {message}; delete it first, or copy it to a new object",
    "UnsupportedHeader FeatureNotYetSupportedForHierarchicalNamespaceAccounts":
      "the account cannot do this: {message}; a hierarchical namespace and older kinds of accounts lack features",
    "FeatureNotSupported APINotImplemented NotImplemented UnsupportedHttpVerb CopyAcrossAccountsNotSupported":
      "the service cannot do this: {message}",
  }],
  [ServiceError, {
    "InvalidBlockList":
      "the service does not have the blocks that were sent; write again: another write to the key removed them",
  }, true],
  [ServiceError, {
    "BlobArchived":
      "the object is in the archive tier; rehydrate it: set its tier to Hot, Cool or Cold, once, and wait up to 15 hours",
    "SnapshotsPresent":
      "the object has snapshots, which would go with it; delete them first, as lade rm --versions does",
    "BlobBeingRehydrated": "the object is on its way out of the archive tier; wait, up to 15 hours",
    "InvalidBlobOrBlock InvalidBlockId":
      "another program has sent blocks to this key, of another form; put the object in one request, which drops them",
    "PendingCopyOperation": "another copy into the object is on its way; wait until it ends, or abort it",
    "CopyIdMismatch NoPendingCopyOperation":
      "the copy is over, or another one is in its place; look at the object",
    "MissingRequiredHeader InvalidHeaderValue InvalidQueryParameterValue InvalidInput":
      "the service does not take the request: {message}; check what lies between, which may change headers",
  }],
];

/**
 * Every failure of Azure Blob Storage that is distinguished. Codes come from "Common REST API error codes" and "Blob
 * Storage error codes" of Microsoft's reference, those of paths and filesystems from that of Data Lake Storage, and
 * `RequestEntityTooLarge`, `APINotImplemented` and an `AuthorizationFailure` of wrong keys from Azurite.
 */
export const AZURE_ERRORS: readonly ErrorRow[] = [...HTTP_ERRORS, ...errorRows(FAILURES)];

/** The row of a clock that is too far from the service's, which a HEAD does not say. */
export const [SKEWED] = errorRows([[UnauthenticatedError, { "": CLOCK }]]);
