import { assert, assertEquals } from "@std/assert";
import { ErrorTable } from "@lade/service/errors";
import { GCS_ERRORS } from "./error_table.ts";
import { type Case, check, IDENTITY, json, MAKE, PUT, REMOVE, SA, xml } from "../testing/told_failures.ts";

/** A table without what aligns its columns. */
function plain(table: string): string {
  return table.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

const BEGIN = /<!-- errors: [^\n]* -->\n/;
const END = "\n<!-- end -->";

Deno.test("GCS_ERRORS is the table of the documentation", async () => {
  const file = new URL("../../../docs/gcs.md", import.meta.url);
  const text = await Deno.readTextFile(file);
  const begin = BEGIN.exec(text);
  const from = (begin?.index ?? 0) + (begin?.[0].length ?? 0);
  const to = text.indexOf(END, from);
  const wanted = ErrorTable.document(GCS_ERRORS);
  if (Deno.env.get("UPDATE_DOCS")) {
    await Deno.writeTextFile(file, `${text.slice(0, from)}\n${wanted}\n${text.slice(to)}`);
  } else {
    assertEquals(plain(text.slice(from, to)), plain(wanted), "set UPDATE_DOCS=1 to write the table anew");
  }
});

Deno.test("a 409 tells a bucket that is not empty, one's own, and a name that is taken apart", () => {
  const taken =
    "the name is taken, maybe by another project: all of Google Cloud shares them; choose another name";
  check([
    [
      json(409, "conflict", "The bucket you tried to delete is not empty.", REMOVE),
      "NotEmptyError",
      'Cannot delete "gs://b": the bucket still holds objects or versions',
    ],
    [
      json(412, "conditionNotMet", "bucket must be empty prior to deletion", REMOVE),
      "NotEmptyError",
      'Cannot delete "gs://b": the bucket still holds objects or versions',
    ],
    [
      json(
        409,
        "conflict",
        "Your previous request to create the named bucket succeeded and you already own it.",
        MAKE,
      ),
      "AlreadyExistsError",
      'Cannot create "gs://b": the bucket exists and is yours',
    ],
    [
      json(
        409,
        "conflict",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system.",
        MAKE,
      ),
      "AlreadyExistsError",
      `Cannot create "gs://b": ${taken}`,
    ],
    [
      xml(409, "BucketNameUnavailable", "The requested bucket name is not available.", "", MAKE),
      "AlreadyExistsError",
      `Cannot create "gs://b": ${taken}`,
    ],
    [
      json(409, "conflict", "The metadata for object was edited during the operation.", PUT),
      "UnavailableError",
      'Cannot put "gs://b/k": another request was in the way: 409 conflict: The metadata for object was edited during the operation.; try again',
    ],
  ]);
});

Deno.test("a 412 is a condition that does not hold, or to a create-only call that something is there", () => {
  const says = "At least one of the pre-conditions you specified did not hold.";
  const unlike = 'Cannot put "gs://b/k": the object is not as the condition says';
  check([
    [json(412, "conditionNotMet", says, PUT), "PreconditionFailedError", unlike],
    [xml(412, "PreconditionFailed", says, "", PUT), "PreconditionFailedError", unlike],
    [
      json(412, "conditionNotMet", says, { ...PUT, createOnly: true }),
      "AlreadyExistsError",
      'Cannot put "gs://b/k": the object exists already',
    ],
    [
      json(
        412,
        "conditionNotMet",
        "Request violates constraint 'constraints/storage.uniformBucketLevelAccess'",
        MAKE,
      ),
      "PermissionDeniedError",
      'Cannot create "gs://b": the organization\'s policy forbids it: 412 conditionNotMet: Request violates constraint ' +
      "'constraints/storage.uniformBucketLevelAccess'; ask who looks after that policy",
    ],
  ]);
});

Deno.test("throttling and quotas say what was too much, and failures of the service can be tried again", () => {
  const fewer = "the service asks for fewer requests; try again later, or with less concurrency";
  check([
    [
      json(429, "rateLimitExceeded", "Please reduce your request rate."),
      "ThrottledError",
      `Cannot get "gs://b/k": ${fewer}`,
    ],
    [
      json(403, "userRateLimitExceeded", "Rate Limit Exceeded"),
      "ThrottledError",
      `Cannot get "gs://b/k": ${fewer}`,
    ],
    [
      xml(503, "SlowDown", "Please reduce your request rate."),
      "ThrottledError",
      `Cannot get "gs://b/k": ${fewer}`,
    ],
    [
      json(
        429,
        "rateLimitExceeded",
        "The object b/k exceeded the rate limit for object mutation operations (create, update, and delete).",
        PUT,
      ),
      "ThrottledError",
      'Cannot put "gs://b/k": the object is written more than about once a second, which is the most; write it less often',
    ],
    [
      json(
        429,
        "rateLimitExceeded",
        "The project exceeded the rate limit for creating and deleting buckets.",
        MAKE,
      ),
      "ThrottledError",
      'Cannot create "gs://b": buckets are made, changed and deleted one every two seconds; try again, more slowly',
    ],
    [
      json(403, "quotaExceeded", "Egress quota exceeded."),
      "QuotaExceededError",
      'Cannot get "gs://b/k": the project\'s quota is used up: 403 quotaExceeded: Egress quota exceeded.; ' +
      "wait, or ask for more in the console (IAM, Quotas)",
    ],
    [
      json(503, "backendError", "Backend Error"),
      "UnavailableError",
      'Cannot get "gs://b/k": the service failed: 503 backendError: Backend Error; try again later',
    ],
    [
      xml(500, "InternalError", "We encountered an internal error."),
      "UnavailableError",
      'Cannot get "gs://b/k": the service failed: 500 InternalError: We encountered an internal error.; try again later',
    ],
  ]);
  for (const seen of [json(429, "rateLimitExceeded", ""), json(503, "", ""), json(503, "backendError", "")]) {
    assertEquals(seen.retryable, true, seen.message);
  }
});

Deno.test("billing, who pays and VPC Service Controls are told by name", () => {
  const payer =
    "the bucket is Requester Pays: who reads it pays; name a project of yours: --billing-project ID, userProject";
  const billing = "link an open billing account to the project of the bucket, or to that which pays";
  const off = "The billing account for the owning project is disabled in state closed";
  const prohibited =
    "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: UID1";
  const missing = "Bucket is a requester pays bucket but no user project provided.";
  check([
    [
      json(403, "accountDisabled", off),
      "PermissionDeniedError",
      `Cannot get "gs://b/k": billing is off: 403 accountDisabled: ${off}; ${billing}`,
    ],
    [
      json(403, "forbidden", off),
      "PermissionDeniedError",
      `Cannot get "gs://b/k": billing is off: 403 forbidden: ${off}; ${billing}`,
    ],
    [
      xml(
        403,
        "UserProjectAccountProblem",
        "The project to be billed is associated with a closed billing account.",
        off,
      ),
      "PermissionDeniedError",
      'Cannot get "gs://b/k": the project that is to pay has no open billing account; link one, or name another by --billing-project',
    ],
    [json(400, "required", missing), "PermissionDeniedError", `Cannot get "gs://b/k": ${payer}`],
    [xml(400, "UserProjectMissing", missing), "PermissionDeniedError", `Cannot get "gs://b/k": ${payer}`],
    [
      json(
        403,
        "forbidden",
        `${SA} does not have serviceusage.services.use access to the Google Cloud project.`,
      ),
      "PermissionDeniedError",
      `Cannot get "gs://b/k": ${IDENTITY} may not charge the project that is to pay: 403 forbidden: ${SA} does not have ` +
      "serviceusage.services.use access to the Google Cloud project.; grant roles/serviceusage.serviceUsageConsumer there, " +
      "or name another by --billing-project",
    ],
    ...[json(403, "vpcServiceControls", prohibited), json(403, "forbidden", prohibited)].map((seen): Case => [
      seen,
      "PermissionDeniedError",
      `Cannot get "gs://b/k": VPC Service Controls keep ${IDENTITY} out from here: ${
        /403 \w+: /.exec(seen.message)?.[0]
      }${prohibited}; ask who looks after the perimeter for access, with that identifier`,
    ]),
    [
      json(
        403,
        "accessNotConfigured",
        "Cloud Storage API has not been used in project 1 before or it is disabled.",
      ),
      "PermissionDeniedError",
      'Cannot get "gs://b/k": the Cloud Storage API is off in the project; switch it on: gcloud services enable storage.googleapis.com',
    ],
  ]);
});

Deno.test("what protects an object, and keys that cannot be used, are told by name", () => {
  const hold =
    "Object 'b/k' is under active Temporary hold and cannot be deleted, overwritten or archived until hold is removed.";
  const kept =
    "Object 'b/k' is subject to bucket's retention policy and cannot be deleted or overwritten until 2030-01-01";
  check([
    [
      json(403, "objectUnderActiveHold", hold, PUT),
      "PermissionDeniedError",
      `Cannot put "gs://b/k": a hold protects the object: 403 objectUnderActiveHold: ${hold}; ` +
      "release it (gcloud storage objects update --no-event-based-hold or --no-temporary-hold), or write under another key",
    ],
    [
      json(403, "retentionPolicyNotMet", kept, PUT),
      "PermissionDeniedError",
      `Cannot put "gs://b/k": it is to be kept for longer: 403 retentionPolicyNotMet: ${kept}; wait until then, or write under another key`,
    ],
    [
      json(
        403,
        "forbidden",
        "Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key.",
        PUT,
      ),
      "PermissionDeniedError",
      'Cannot put "gs://b/k": Cloud Storage may not use the KMS key; let the project\'s service agent: gcloud storage service-agent --authorize-cmek=KEY',
    ],
    [
      json(400, "cloudKmsDisabledKey", "Cloud KMS key is disabled.", PUT),
      "ServiceError",
      'Cannot put "gs://b/k": the KMS key cannot be used: 400 cloudKmsDisabledKey: Cloud KMS key is disabled.; ' +
      "check kmsKey, that the key is enabled, and its location",
    ],
    [
      json(
        400,
        "invalid",
        "Cannot insert legacy ACL for an object when uniform bucket-level access is enabled.",
        PUT,
      ),
      "UnsupportedError",
      'Cannot put "gs://b/k": the bucket takes no access lists of objects, only roles (uniform bucket-level access); grant a role on it',
    ],
  ]);
});

Deno.test("names, ranges, classes and checksums that the service refuses have the error of their kind", () => {
  const bytes =
    "the service received other bytes than were sent; try again: if it stays so, a proxy or memory is at fault";
  check([
    [
      json(400, "invalid", "Invalid bucket name: 'B'", MAKE),
      "InvalidNameError",
      'Cannot create "gs://b": not a valid bucket name; use 3 to 63 lower-case letters, digits, hyphens and underscores',
    ],
    [
      xml(400, "InvalidObjectName", "The specified object name is not valid.", "", PUT),
      "InvalidNameError",
      'Cannot put "gs://b/k": the service does not take this key: 400 InvalidObjectName: The specified object name is not valid.',
    ],
    [
      xml(416, "InvalidRange", "The requested range cannot be satisfied."),
      "RangeNotSatisfiableError",
      'Cannot get "gs://b/k": the range begins past the object\'s end',
    ],
    [
      json(416, "requestedRangeNotSatisfiable", "Request range not satisfiable"),
      "RangeNotSatisfiableError",
      'Cannot get "gs://b/k": the range begins past the object\'s end',
    ],
    [
      json(400, "invalid", "Invalid argument: storage class HOT", PUT),
      "UnsupportedError",
      'Cannot put "gs://b/k": the service does not know this class; name STANDARD, NEARLINE, COLDLINE or ARCHIVE',
    ],
    [
      json(400, "invalid", 'Provided CRC32C "AAAAAA==" doesn\'t match calculated CRC32C "4waSgw==".', PUT),
      "ChecksumMismatchError",
      `Cannot put "gs://b/k": ${bytes}`,
    ],
    [
      xml(400, "BadDigest", "The Content-MD5 you specified did not match what we computed.", "", PUT),
      "ChecksumMismatchError",
      `Cannot put "gs://b/k": ${bytes}`,
    ],
    [
      xml(400, "NotImplemented", "A header you provided is not implemented.", "", PUT),
      "UnsupportedError",
      'Cannot put "gs://b/k": the service cannot do this: 400 NotImplemented: A header you provided is not implemented.',
    ],
  ]);
});

Deno.test("GCS_ERRORS says what to do about each failure of the service's own", () => {
  const silent = GCS_ERRORS.filter(({ advice, when }) =>
    advice === undefined && when.some((each) => typeof each === "string")
  );
  assertEquals([...new Set(silent.map(({ error }) => error.name))].sort(), [
    "AlreadyExistsError",
    "InvalidNameError",
    "NotEmptyError",
    "NotFoundError",
    "PermissionDeniedError",
    "PreconditionFailedError",
    "RangeNotSatisfiableError",
    "UnsupportedError",
  ]);
  for (const { detail, advice = "" } of GCS_ERRORS) {
    assert(!`${detail}${advice}`.includes(";"), "a semicolon stands between detail and advice alone");
  }
});
