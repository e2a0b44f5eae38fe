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
} from "@lade/core/backend";
import { type ErrorRow, errorRows } from "@lade/service/errors";

/**
 * Every failure of S3 that is distinguished, in the order of the documentation, which a test compares with this table.
 * Codes come from "Error responses" of the Amazon S3 API reference; `XMinio…` are of MinIO, `XAdmin…` and those about
 * directories of versitygw, `QuotaExceeded` of Ceph.
 */
export const ERROR_TABLE: readonly ErrorRow[] = errorRows([
  [NotFoundError, {
    "NoSuchKey 404": "no such object",
    "NoSuchBucket":
      "no such bucket at {endpoint}; check its name, or set endpoint when it is kept by another service",
    "NoSuchVersion InvalidArgument: version.?id": "no such version of the object",
    "NoSuchUpload": "no such multipart upload; it was completed, aborted or swept: start again",
  }],
  [PermissionDeniedError, {
    "AccessDenied AllAccessDisabled 403":
      "access denied to {identity}; allow {permission}, or set requestPayer where the bucket asks for it",
    "AccountProblem NotSignedUp UnauthorizedAccess": "the account may not use the service: {message}",
  }],
  [UnauthenticatedError, {
    "InvalidAccessKeyId XAdminUserNotFound InvalidClientTokenId UnrecognizedClientException":
      "the service at {endpoint} does not know {identity}; " +
      "check the access key id, and that the endpoint is the one that issued it",
    "SignatureDoesNotMatch": "the signature does not fit {identity}; check the secret access key",
    "ExpiredToken ExpiredTokenException TokenRefreshRequired RequestExpired":
      "{identity} has expired; log in again or renew the session token",
    "InvalidToken": "the session token does not belong to {identity}; " +
      "set key, secret and session token of one and the same session",
    "RequestTimeTooSkewed": "the clock of this machine is {skew}; set the clock",
    "MissingSecurityHeader MissingAuthenticationToken CredentialsNotSupported 401":
      "the service wants other credentials than {identity}: {message}",
  }],
  [ServiceError, {
    "AuthorizationHeaderMalformed IllegalLocationConstraintException":
      "the region {region} is wrong{expected}: {message}; set region",
    "PermanentRedirect TemporaryRedirect Redirect 301 302 307 308":
      "the bucket is not served by {endpoint}{expected}; set region and endpoint",
  }],
  [InvalidNameError, {
    "InvalidBucketName": "not a valid bucket name; use 3 to 63 lower-case letters, digits, dots and hyphens",
    "KeyTooLongError KeyTooLong": "the key has more bytes than the service takes",
    [
      "InvalidObjectName XMinioInvalidObjectName XMinioInvalidResourceName InvalidURI " +
      "ObjectParentIsFile ExistingObjectIsDirectory DirectoryObjectContainsData"
    ]: "the service does not take this key: {message}",
  }],
  [AlreadyExistsError, {
    "BucketAlreadyExists": "the name is taken, maybe by another account; choose another name",
    "BucketAlreadyOwnedByYou": "the bucket exists and is yours",
  }],
  [NotEmptyError, {
    "BucketNotEmpty": "the bucket still holds objects or versions",
  }],
  [PreconditionFailedError, {
    "PreconditionFailed 412": "the object is not the one the condition names",
    "NotModified 304": "the object still has the etag that was ruled out",
  }],
  [PreconditionFailedError, {
    "ConditionalRequestConflict": "another write to the object came between; try again",
  }, true],
  [UnavailableError, {
    "OperationAborted BucketNotReady 409": "another operation is in the way: {message}; try again",
  }],
  [RangeNotSatisfiableError, {
    "InvalidRange 416": "the range starts past the end of the object",
  }],
  [ThrottledError, {
    [
      "SlowDown TooManyRequests Throttling ThrottlingException RequestLimitExceeded RequestThrottled " +
      "RequestThrottledException BandwidthLimitExceeded XMinioServerBusy 429 503"
    ]: "the service asks for fewer requests; try again later or lower the concurrency",
  }],
  [UnavailableError, {
    "ServiceUnavailable InternalError ServerNotInitialized 500 502 504":
      "the service failed: {message}; try again later",
    "RequestTimeout RequestTimeoutException 408":
      "the service waited too long for the request; try again, with a lower concurrency on a slow line",
  }],
  [QuotaExceededError, {
    "EntityTooLarge MaxMessageLengthExceeded 413":
      "more bytes than the service takes in one request; leave multipart on, with smaller parts",
    "QuotaExceeded InsufficientCapacity TooManyBuckets XMinioStorageFull XMinioAdminBucketQuotaExceeded 507":
      "there is no room left: {message}; delete something or raise the quota",
  }],
  [ChecksumMismatchError, {
    "BadDigest InvalidDigest XAmzContentSHA256Mismatch XAmzContentChecksumMismatch IncompleteBody":
      "the service received other bytes than were sent; " +
      "try again; when it happens again, look for a proxy or memory at fault",
  }],
  [ServiceError, {
    "EntityTooSmall": "a part is smaller than the service takes; use parts of 5 MiB or more",
    "InvalidPart InvalidPartOrder":
      "the service has not the parts that were sent: {message}; write the object again",
    "InvalidObjectState": "the object is archived; restore it before reading",
  }],
  [UnsupportedError, {
    "InvalidStorageClass": "the service has no such storage class",
    "NotImplemented MethodNotAllowed 405 501": "the service cannot do this: {message}",
  }],
  [ServiceError, {
    "KMS.DisabledException KMS.NotFoundException KMS.KMSInvalidStateException":
      "the KMS key of the object cannot be used: {message}; check sseKmsKeyId and the key's state",
  }],
]);
