import { CatalogueFault, type FaultDetails } from "../parts/catalogue_fault.ts";

/**
 * What the service refuses by: the code of the XML API, the status and the message it has there, and the reason that the
 * JSON API gives (Cloud Storage reference, "HTTP status and error codes" of both). Where the XML API has no code, the
 * code is the reason.
 */
const ROWS: readonly (readonly [code: string, status: number, reason: string, message: string])[] = [
  ["AccessDenied", 403, "forbidden", "Access denied."],
  ["AnonymousDenied", 401, "required", "Anonymous caller does not have access."],
  ["AccountDisabled", 403, "accountDisabled", "The billing account for the owning project is disabled."],
  ["AuthenticationRequired", 401, "authError", "Invalid Credentials"],
  ["BackendError", 503, "backendError", "We encountered an internal error. Please try again."],
  ["BadDigest", 400, "invalid", "The checksum you specified did not match what we computed."],
  ["BucketNotEmpty", 409, "conflict", "The bucket you tried to delete is not empty."],
  ["BucketAlreadyExists", 409, "conflict", "The requested bucket name is not available."],
  [
    "BucketAlreadyOwnedByYou",
    409,
    "conflict",
    "Your previous request to create the named bucket succeeded and you already own it.",
  ],
  ["ConditionalRequestConflict", 409, "conflict", "The object is being changed by another request."],
  ["CustomerEncryptionKeyIncorrect", 400, "invalid", "The provided encryption key is incorrect."],
  ["EntityTooSmall", 400, "invalid", "Your proposed upload is smaller than the minimum allowed object size."],
  ["ExpiredToken", 400, "invalid", "The provided token has expired."],
  ["Gone", 410, "gone", "The upload session has expired."],
  ["InternalError", 500, "internalError", "We encountered an internal error. Please try again."],
  ["InvalidArgument", 400, "invalid", "Invalid argument."],
  ["InvalidBucketName", 400, "invalid", "The specified bucket is not valid."],
  ["InvalidObjectName", 400, "invalid", "The specified object name is not valid."],
  ["InvalidPart", 400, "invalid", "One or more of the specified parts could not be found."],
  ["InvalidPartOrder", 400, "invalid", "The list of parts was not in ascending order."],
  ["InvalidRange", 416, "requestedRangeNotSatisfiable", "The requested range cannot be satisfied."],
  ["KeyTooLong", 400, "invalid", "The specified object name is too long."],
  ["MalformedXML", 400, "invalid", "The XML you provided was not well-formed."],
  ["MethodNotAllowed", 405, "methodNotAllowed", "The specified method is not allowed against this resource."],
  ["MissingContentLength", 411, "lengthRequired", "You must provide the Content-Length HTTP header."],
  ["NoSuchBucket", 404, "notFound", "The specified bucket does not exist."],
  ["NoSuchKey", 404, "notFound", "The specified key does not exist."],
  ["NoSuchUpload", 404, "notFound", "The requested upload was not found."],
  ["NotFound", 404, "notFound", "Not Found"],
  ["NotImplemented", 400, "notImplemented", "The requested feature is not implemented."],
  ["NotModified", 304, "notModified", "Not Modified"],
  ["ObjectUnderActiveHold", 403, "objectUnderActiveHold", "The object is under active hold."],
  ["OffsetGap", 503, "backendError", "Invalid request."],
  [
    "PreconditionFailed",
    412,
    "conditionNotMet",
    "At least one of the pre-conditions you specified did not hold.",
  ],
  ["RequiredParameter", 400, "required", "Required parameter"],
  [
    "RetentionPolicyNotMet",
    403,
    "retentionPolicyNotMet",
    "The object is subject to a retention policy and cannot be deleted or overwritten.",
  ],
  ["SignatureDoesNotMatch", 403, "forbidden", "Access denied."],
  ["SlowDown", 429, "rateLimitExceeded", "Please reduce your request rate."],
  ["UploadCancelled", 499, "clientClosedRequest", "Client Closed Request"],
  [
    "UserProjectMissing",
    400,
    "userProjectMissing",
    "Bucket is a requester pays bucket but no user project provided.",
  ],
];

const CATALOGUE = Object.fromEntries(
  ROWS.map(([code, status, , message]) => [code, [status, message]] as const),
);
const REASONS = new Map(ROWS.map(([code, , reason]) => [code, reason]));

/** The code of a refusal that names none. */
const CODES: Readonly<Record<number, string>> = {
  304: "NotModified",
  400: "InvalidArgument",
  401: "AuthenticationRequired",
  403: "AccessDenied",
  404: "NotFound",
  409: "ConditionalRequestConflict",
  410: "Gone",
  412: "PreconditionFailed",
  416: "InvalidRange",
  429: "SlowDown",
  500: "InternalError",
};

/** A refusal by a code of the service's catalogue; the message is the one of the JSON API. */
export class GcsError extends CatalogueFault<typeof CATALOGUE> {
  constructor(code: string, message?: string, options: Omit<FaultDetails, "message"> = {}) {
    super(CATALOGUE, code, { ...options, ...(message !== undefined && { message }) });
  }
}

/** What is known of a code of the XML API or a reason of the JSON API; of a status where there is neither. */
export function catalogued(
  code: string | undefined,
  status: number,
): { readonly code: string; readonly reason: string; readonly message: string } {
  const named = code ?? CODES[status] ?? "BackendError";
  const known = REASONS.has(named)
    ? named
    : ROWS.find(([, at, reason]) => reason === named && at === status)?.[0];
  if (known === undefined) return { code: named, reason: named, message: named };
  return { code: known, reason: REASONS.get(known) ?? known, message: CATALOGUE[known]?.[1] ?? known };
}

/** The refusal of a parameter that is not what it must be. */
export function badParameter(name: string, value: string): GcsError {
  return new GcsError("InvalidArgument", `Invalid value '${value}' for ${name}.`, {
    details: { locationType: "parameter", location: name },
  });
}
