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

const NO_BUCKET = "no such bucket at {endpoint}; check its name, or make it first";

const FAILURES: readonly Failures[] = [
  [NotFoundError, {
    "NoSuchBucket *: ^404.*bucket does not exist": NO_BUCKET,
    "NoSuchUpload gone 410":
      "no such upload: it was completed or dropped, or is over a week old; write the object again",
    "notFound NoSuchKey": "no such object",
    "*: Unknown project": "there is no such project; check it: --project, GOOGLE_CLOUD_PROJECT",
  }],
  [UnauthenticatedError, {
    "authError AuthenticationRequired InvalidToken ExpiredToken TokenExpired":
      "the token of {identity} has expired, was revoked or is none; " +
      "sign in again (gcloud auth application-default login), or give another token",
    "AuthenticationRequiredRequesterPays":
      "the bucket is Requester Pays, which nobody reads without an account; sign in, and set userProject",
    "lockedDomainExpired": "the download was asked for by an address that has expired; try again",
    "*: ^401 required|^40[13].*Anonymous caller": "{nobody}; {signIn}",
  }],
  [PermissionDeniedError, {
    "vpcServiceControls SecurityPolicyViolated *: prohibited by organization's policy|SECURITY_POLICY_VIOLATED":
      "VPC Service Controls keep {identity} out from here: {message}; " +
      "ask who looks after the perimeter for access, with that identifier",
    "userProjectMissing UserProjectMissing *: requester pays bucket but no user project":
      "the bucket is Requester Pays: who reads it pays; name a project of yours: --billing-project ID, userProject",
    "userProjectAccessDenied UserProjectAccessDenied *: serviceusage\\.services\\.use|USER_PROJECT_DENIED":
      "{identity} may not charge the project that is to pay: {message}; " +
      "grant roles/serviceusage.serviceUsageConsumer there, or name another by --billing-project",
    "userProjectAccountProblem UserProjectAccountProblem *: project to be billed is associated":
      "the project that is to pay has no open billing account; link one, or name another by --billing-project",
    "accountDisabled AccountDisabled AccountProblem BILLING_DISABLED *: billing account .*(?:disabled|closed)":
      "billing is off: {message}; link an open billing account to the project of the bucket, or to that which pays",
    "accessNotConfigured SERVICE_DISABLED *: has not been used in project|SERVICE_DISABLED":
      "the Cloud Storage API is off in the project; switch it on: gcloud services enable storage.googleapis.com",
    "objectUnderActiveHold ObjectUnderActiveHold":
      "a hold protects the object: {message}; release it (gcloud storage objects update --no-event-based-hold or --no-temporary-hold), or write under another key",
    "retentionPolicyNotMet RetentionPolicyNotMet":
      "it is to be kept for longer: {message}; wait until then, or write under another key",
    "*: Permission denied on Cloud KMS key":
      "Cloud Storage may not use the KMS key; let the project's service agent: " +
      "gcloud storage service-agent --authorize-cmek=KEY",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT *: insufficient authentication scopes|SCOPE_INSUFFICIENT|^403.*Insufficient Permission":
      "the token of {identity} is for other services; " +
      "give the machine the scope cloud-platform, or sign in: gcloud auth application-default login",
    "orgPolicyConstraintFailed *: ^412.*constraint":
      "the organization's policy forbids it: {message}; ask who looks after that policy",
    "countryBlocked": "the service is not given to the country that the request comes from",
    "sslRequired InvalidSecurity":
      "the service asks for TLS or for other credentials; use https, and a token",
    "forbidden insufficientPermissions AccessDenied": "access denied to {denied}; {grant}",
  }],
  [AlreadyExistsError, {
    "BucketAlreadyOwnedByYou *: ^409.*already own": "the bucket exists and is yours",
    "BucketAlreadyExists BucketNameUnavailable *: ^409.*(?:name is not available|already exists. Try another)":
      "the name is taken, maybe by another project: all of Google Cloud shares them; choose another name",
  }],
  [NotEmptyError, {
    "BucketNotEmpty *: bucket .*not empty|bucket must be empty": "the bucket still holds objects or versions",
  }],
  [InvalidNameError, {
    "InvalidBucketName *: ^400.*(?:Invalid bucket name|bucket is not valid)":
      "not a valid bucket name; use 3 to 63 lower-case letters, digits, hyphens and underscores",
    "InvalidObjectName InvalidURI KeyTooLong KeyTooLongError *: ^400.*object name":
      "the service does not take this key: {message}",
  }],
  [PreconditionFailedError, {
    "conditionNotMet PreconditionFailed": "the object is not as the condition says",
    "notModified NotModified": "the object still has the etag that was ruled out",
  }],
  [RangeNotSatisfiableError, {
    "requestedRangeNotSatisfiable InvalidRange": "the range begins past the object's end",
  }],
  [ThrottledError, {
    "*: rate limit for object mutation":
      "the object is written more than about once a second, which is the most; write it less often",
    "*: rate limit for (?:creat|updat|delet)ing":
      "buckets are made, changed and deleted one every two seconds; try again, more slowly",
    "rateLimitExceeded usageLimits.rateLimitExceeded userRateLimitExceeded RATE_LIMIT_EXCEEDED SlowDown":
      "the service asks for fewer requests; try again later, or with less concurrency",
  }],
  [QuotaExceededError, {
    "quotaExceeded dailyLimitExceeded TooManyBuckets":
      "the project's quota is used up: {message}; wait, or ask for more in the console (IAM, Quotas)",
    "uploadTooLarge EntityTooLarge 413":
      "more bytes than the service takes; objects have 5 TiB at most, parts 5 GiB",
  }],
  [ChecksumMismatchError, {
    "BadDigest CrcMismatch InvalidDigest *: match (?:what we computed|calculated)":
      "the service received other bytes than were sent; try again: if it stays so, a proxy or memory is at fault",
  }],
  [UnavailableError, {
    "backendError internalError gatewayTimeout InternalError ServiceUnavailable uploadBrokenConnection RequestTimeout":
      "the service failed: {message}; try again later",
    "conflict OperationAborted ConditionalRequestConflict 409":
      "another request was in the way: {message}; try again",
  }],
  [UnsupportedError, {
    "InvalidStorageClass *: ^400.*storage class":
      "the service does not know this class; name STANDARD, NEARLINE, COLDLINE or ARCHIVE",
    "InvalidLocationConstraint *: ^400.*location constraint":
      "the service has no such location; set location to one such as EU, US or EUROPE-WEST3",
    "*: uniform bucket-level access":
      "the bucket takes no access lists of objects, only roles (uniform bucket-level access); grant a role on it",
    "resourceIsEncryptedWithCustomerEncryptionKey ResourceIsEncryptedWithCustomerEncryptionKey":
      "the object is encrypted with a key of its writer's, which gs:// has no option for; read it where the key is",
    "notImplemented NotImplemented methodNotAllowed MethodNotAllowed 405 501":
      "the service cannot do this: {message}",
  }],
  [ServiceError, {
    "*: ^400.*(?:Cloud ?Kms|Cloud KMS)":
      "the KMS key cannot be used: {message}; check kmsKey, that the key is enabled, and its location",
    "InvalidPart InvalidPartOrder EntityTooSmall":
      "the service has not the parts that were sent: {message}; write the object again",
    "userProjectInvalid UserProjectInvalid userProjectInconsistent UserProjectInconsistent":
      "the project that is to pay cannot: {message}; check userProject",
    "invalid invalidParameter invalidArgument badRequest parseError required InvalidArgument InvalidHeader":
      "the service does not take the request: {message}; check what lies between, which may change it",
  }],
];

/**
 * Every failure of Google Cloud Storage that is distinguished: reasons of "HTTP status and error codes for JSON" and codes
 * of that for XML, and words that come with either.
 */
export const GCS_ERRORS: readonly ErrorRow[] = [...HTTP_ERRORS, ...errorRows(FAILURES)];

/** What a 404 means to calls that are not about an object's content; few endpoints but Google's say it. */
export const [NO_BUCKET_ROW, NO_VERSION_ROW] = errorRows([[NotFoundError, {
  "bucket": NO_BUCKET,
  "version": "no such version of the object",
}]]);
