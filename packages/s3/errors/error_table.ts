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
  type StoreError,
  type StoreErrorOptions,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/backend";

/** What the library makes of one failure that S3 reports. */
export interface ErrorRow {
  /** The codes that S3 and its kin use for it, or a status where the answer has no code that is listed. */
  readonly when: readonly (string | number)[];
  /** What the caller catches. */
  readonly error: new (options: StoreErrorOptions) => StoreError;
  /** What is wrong. `{…}` stands for what is known at the time. */
  readonly detail: string;
  /** What to try next. */
  readonly next?: string;
  /** Overrides whether the same call can succeed when it is made again. */
  readonly retryable?: boolean;
}

/**
 * Every failure of S3 that is told apart, in the order of the documentation, which a test compares with this table.
 * Codes come from "Error responses" of the Amazon S3 API reference; `XMinio…` are of MinIO, `XAdmin…` and those about
 * directories of versitygw, `QuotaExceeded` of Ceph.
 */
export const ERROR_TABLE: readonly ErrorRow[] = [
  { when: ["NoSuchKey", 404], error: NotFoundError, detail: "no such object" },
  {
    when: ["NoSuchBucket"],
    error: NotFoundError,
    detail: "no such bucket at {endpoint}",
    next: "check its name, or set endpoint when it is kept by another service",
  },
  { when: ["NoSuchVersion"], error: NotFoundError, detail: "no such version of the object" },
  {
    when: ["NoSuchUpload"],
    error: NotFoundError,
    detail: "no such multipart upload",
    next: "it was completed, aborted or swept: start again",
  },
  {
    when: ["AccessDenied", "AllAccessDisabled", 403],
    error: PermissionDeniedError,
    detail: "access denied to {identity}",
    next: "allow {permission}, or set requestPayer where the bucket asks for it",
  },
  {
    when: ["AccountProblem", "NotSignedUp", "UnauthorizedAccess"],
    error: PermissionDeniedError,
    detail: "the account may not use the service: {message}",
  },
  {
    when: ["InvalidAccessKeyId", "XAdminUserNotFound", "InvalidClientTokenId", "UnrecognizedClientException"],
    error: UnauthenticatedError,
    detail: "the service at {endpoint} does not know {identity}",
    next: "check the access key id, and that the endpoint is the one that issued it",
  },
  {
    when: ["SignatureDoesNotMatch"],
    error: UnauthenticatedError,
    detail: "the signature does not fit {identity}",
    next: "check the secret access key",
  },
  {
    when: ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"],
    error: UnauthenticatedError,
    detail: "{identity} has expired",
    next: "log in again or renew the session token",
  },
  {
    when: ["InvalidToken"],
    error: UnauthenticatedError,
    detail: "the session token does not belong to {identity}",
    next: "set key, secret and session token of one and the same session",
  },
  {
    when: ["RequestTimeTooSkewed"],
    error: UnauthenticatedError,
    detail: "the clock of this machine is {skew}",
    next: "set the clock",
  },
  {
    when: ["MissingSecurityHeader", "MissingAuthenticationToken", "CredentialsNotSupported", 401],
    error: UnauthenticatedError,
    detail: "the service wants other credentials than {identity}: {message}",
  },
  {
    when: ["AuthorizationHeaderMalformed", "IllegalLocationConstraintException"],
    error: ServiceError,
    detail: "the region {region} is wrong{expected}: {message}",
    next: "set region",
  },
  {
    when: ["PermanentRedirect", "TemporaryRedirect", "Redirect", 301, 302, 307, 308],
    error: ServiceError,
    detail: "the bucket is not served by {endpoint}{expected}",
    next: "set region and endpoint",
  },
  {
    when: ["InvalidBucketName"],
    error: InvalidNameError,
    detail: "not a valid bucket name",
    next: "use 3 to 63 lower-case letters, digits, dots and hyphens",
  },
  {
    when: ["KeyTooLongError", "KeyTooLong"],
    error: InvalidNameError,
    detail: "the key has more bytes than the service takes",
  },
  {
    when: [
      "InvalidObjectName",
      "XMinioInvalidObjectName",
      "XMinioInvalidResourceName",
      "InvalidURI",
      "ObjectParentIsFile",
      "ExistingObjectIsDirectory",
      "DirectoryObjectContainsData",
    ],
    error: InvalidNameError,
    detail: "the service does not take this key: {message}",
  },
  {
    when: ["BucketAlreadyExists"],
    error: AlreadyExistsError,
    detail: "the name is taken, maybe by another account",
    next: "choose another name",
  },
  { when: ["BucketAlreadyOwnedByYou"], error: AlreadyExistsError, detail: "the bucket exists and is yours" },
  { when: ["BucketNotEmpty"], error: NotEmptyError, detail: "the bucket still holds objects or versions" },
  {
    when: ["PreconditionFailed", 412],
    error: PreconditionFailedError,
    detail: "the object is not the one the condition names",
  },
  {
    when: ["NotModified", 304],
    error: PreconditionFailedError,
    detail: "the object still has the etag that was ruled out",
  },
  {
    when: ["ConditionalRequestConflict"],
    error: PreconditionFailedError,
    detail: "another write to the object came between",
    next: "try again",
    retryable: true,
  },
  {
    when: ["OperationAborted", "BucketNotReady", 409],
    error: UnavailableError,
    detail: "another operation is in the way: {message}",
    next: "try again",
  },
  {
    when: ["InvalidRange", 416],
    error: RangeNotSatisfiableError,
    detail: "the range starts past the end of the object",
  },
  {
    when: [
      "SlowDown",
      "TooManyRequests",
      "Throttling",
      "ThrottlingException",
      "RequestLimitExceeded",
      "RequestThrottled",
      "RequestThrottledException",
      "BandwidthLimitExceeded",
      "XMinioServerBusy",
      429,
      503,
    ],
    error: ThrottledError,
    detail: "the service asks for fewer requests",
    next: "try again later or lower the concurrency",
  },
  {
    when: ["ServiceUnavailable", "InternalError", "ServerNotInitialized", 500, 502, 504],
    error: UnavailableError,
    detail: "the service failed: {message}",
    next: "try again later",
  },
  {
    when: ["RequestTimeout", "RequestTimeoutException", 408],
    error: UnavailableError,
    detail: "the service waited too long for the request",
    next: "try again, with a lower concurrency on a slow line",
  },
  {
    when: ["EntityTooLarge", "MaxMessageLengthExceeded", 413],
    error: QuotaExceededError,
    detail: "more bytes than the service takes in one request",
    next: "leave multipart on, with smaller parts",
  },
  {
    when: [
      "QuotaExceeded",
      "InsufficientCapacity",
      "TooManyBuckets",
      "XMinioStorageFull",
      "XMinioAdminBucketQuotaExceeded",
      507,
    ],
    error: QuotaExceededError,
    detail: "there is no room left: {message}",
    next: "delete something or raise the quota",
  },
  {
    when: [
      "BadDigest",
      "InvalidDigest",
      "XAmzContentSHA256Mismatch",
      "XAmzContentChecksumMismatch",
      "IncompleteBody",
    ],
    error: ChecksumMismatchError,
    detail: "the service received other bytes than were sent",
    next: "try again; when it happens again, look for a proxy or memory at fault",
  },
  {
    when: ["EntityTooSmall"],
    error: ServiceError,
    detail: "a part is smaller than the service takes",
    next: "use parts of 5 MiB or more",
  },
  {
    when: ["InvalidPart", "InvalidPartOrder"],
    error: ServiceError,
    detail: "the service has not the parts that were sent: {message}",
    next: "write the object again",
  },
  {
    when: ["InvalidObjectState"],
    error: ServiceError,
    detail: "the object is archived",
    next: "restore it before reading",
  },
  {
    when: ["InvalidStorageClass"],
    error: UnsupportedError,
    detail: "the service has no such storage class",
  },
  {
    when: ["NotImplemented", "MethodNotAllowed", 405, 501],
    error: UnsupportedError,
    detail: "the service cannot do this: {message}",
  },
  {
    when: ["KMS.DisabledException", "KMS.NotFoundException", "KMS.KMSInvalidStateException"],
    error: ServiceError,
    detail: "the KMS key of the object cannot be used: {message}",
    next: "check sseKmsKeyId and the key's state",
  },
];

/** What stands for every failure that the table does not list. */
export const OTHER_ERROR: ErrorRow = {
  when: [],
  error: ServiceError,
  detail: "{message}",
};
