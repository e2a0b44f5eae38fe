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
  readonly code?: number;
  readonly message?: string;
  readonly errors?: readonly { readonly reason?: string }[];
  readonly details?: readonly { readonly reason?: string }[];
}

/**
 * The reason is the code of the failure; what details name more closely is said behind its words. Where
 * tokens are given, failures have another form.
 */
function readError(error: unknown): JsonError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, errors, details } = error as GoogleError;
  if (code === undefined && message === undefined) return undefined;
  const [{ reason = undefined } = {}] = list(errors);
  const closer = list(details).flatMap(({ reason }) => reason ? [reason] : []);
  return { code: reason, message: [message, ...closer].filter(Boolean).join("; ") };
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
