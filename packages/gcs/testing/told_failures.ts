import { assertEquals, assertStrictEquals } from "@std/assert";
import * as errors from "@lade/core/errors";
import { ErrorTable, type FailedCall } from "@lade/service/errors";
import { GCS_JSON_DIALECT } from "../client/gcs_json_dialect.ts";
import { GCS_XML_DIALECT } from "../client/gcs_xml_dialect.ts";
import { GCS_ERRORS } from "../errors/error_table.ts";
import { explainFault } from "../errors/explain_fault.ts";

const TABLE = new ErrorTable("Google Cloud Storage", GCS_ERRORS);
/** Who asks. */
export const IDENTITY = '"sa@p.iam.gserviceaccount.com" (key.json)';
/** Calls. */
export const GET = { operation: "get", uri: "gs://b/k" };
export const PUT = { operation: "put", uri: "gs://b/k" };
export const LIST = { operation: "list", uri: "gs://b/p/" };
export const MAKE = { operation: "create", uri: "gs://b" };
export const REMOVE = { operation: "delete", uri: "gs://b" };

/** What a caller sees of a failure that the JSON API reports. */
export function json(
  status: number,
  reason: string,
  message: string,
  call: FailedCall = GET,
  url = "https://storage.googleapis.com",
): errors.StoreError {
  const error = { code: status, message, errors: reason ? [{ domain: "global", reason, message }] : [] };
  const body = JSON.stringify({ error });
  const fault = GCS_JSON_DIALECT.faults.read({ status, headers: new Headers(), body });
  const setting = { endpoint: "storage.googleapis.com", identity: IDENTITY, nowMs: 0 };
  return TABLE.storeError(fault, call, setting, explainFault(fault, call, IDENTITY, url));
}

/** What a caller sees of one that the XML API reports. */
export function xml(
  status: number,
  code: string,
  message: string,
  details = "",
  call: FailedCall = GET,
): errors.StoreError {
  const body =
    `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message>` +
    `${details && `<Details>${details}</Details>`}</Error>`;
  const fault = GCS_XML_DIALECT.faults.read({ status, headers: new Headers(), body });
  const setting = { endpoint: "storage.googleapis.com", identity: IDENTITY, nowMs: 0 };
  return TABLE.storeError(
    fault,
    call,
    setting,
    explainFault(fault, call, IDENTITY, "https://storage.googleapis.com"),
  );
}

/** What is seen, of which class, in which words. */
export type Case = readonly [seen: errors.StoreError, error: keyof typeof errors, message: string];

/** Compares. */
export function check(cases: readonly Case[]): void {
  for (const [seen, error, message] of cases) {
    assertEquals([seen.message, seen.name], [message, error]);
    assertStrictEquals(seen.constructor, errors[error]);
  }
}

/** An account. */
export const SA = "sa@p.iam.gserviceaccount.com";
/** How the service refuses. */
export const DENIED = (who: string, permission: string, what = "Google Cloud Storage object") =>
  `${who} does not have ${permission} access to the ${what}. Permission '${permission}' denied on resource (or it may not exist).`;
