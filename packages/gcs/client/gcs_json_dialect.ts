import { jsonDialect, type JsonError, type ServiceDialect } from "@lade/service/call";
import { REQUEST_ID } from "./gcs_signs.ts";

const KIND = "kind";
const COMMON = jsonDialect(readError, REQUEST_ID);

/** How answers of batches begin; and what emulators answer a deletion with, where the service says nothing. */
const UNNAMED = /^(?:--[\w'()+,./:=?-]{1,70}\r\n|null\s*$)/;

/** The form of the JSON API: documents whose first member is `kind`, and failures that have a reason. */
export const GCS_JSON_DIALECT: ServiceDialect = {
  ...COMMON,
  receipts: ["etag", "x-goog-generation"],
  isReceiptBody: (start) => COMMON.rootOf(start) === KIND || UNNAMED.test(start),
};

/** A failure as the JSON API reports it ("HTTP status and error codes for JSON"). */
interface GoogleError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
  readonly details?: unknown;
}

/**
 * The reason is the code of the failure; what details name more closely is said behind its words. Where
 * tokens are given, failures have another form.
 */
function readError(error: unknown): JsonError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, errors, details } = error as GoogleError;
  if (code === undefined && message === undefined) return undefined;
  const said = typeof message === "string" ? message : "";
  return { code: reasonsIn(errors)[0], message: [said, ...reasonsIn(details)].filter(Boolean).join("; ") };
}

function reasonsIn(value: unknown): readonly string[] {
  const members: readonly unknown[] = Array.isArray(value) ? value : [];
  return members.flatMap((member) => {
    const { reason } = (member ?? {}) as { readonly reason?: unknown };
    return typeof reason === "string" && reason !== "" ? [reason] : [];
  });
}
