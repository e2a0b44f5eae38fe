import {
  AlreadyExistsError,
  PreconditionFailedError,
  ServiceError,
  type StoreError,
  type StoreErrorOptions,
} from "@lade/core/backend";
import { ERROR_TABLE, type ErrorRow, OTHER_ERROR } from "./error_table.ts";
import type { ServiceFault } from "./service_fault.ts";

/** What is known of the call that failed. */
export interface FailedCall {
  /** What was being done, as a verb phrase that reads before the URI. */
  readonly operation: string;
  /** What it was done to. */
  readonly uri: string;
  /** The IAM permission that the call needs, such as `s3:GetObject`. */
  readonly permission: string;
  /** The call was to create, never to replace. */
  readonly createOnly?: boolean | undefined;
  /** The call was to go on only while the etag of an object is a given one. */
  readonly ifMatch?: boolean | undefined;
  /** The call copies a source as it was seen before; its caller set no condition on it. */
  readonly seenSource?: boolean | undefined;
}

/** What is known of the service and of who asks. */
export interface CallSetting {
  /** Host of the endpoint. */
  readonly endpoint: string;
  /** The region that requests are signed for. */
  readonly region: string;
  /** Who asks, without any secret: `access key "AKIA…" (from the environment)`. */
  readonly identity: string;
  /** This machine's clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

const rows = new Map<string | number, ErrorRow>(
  ERROR_TABLE.flatMap((row) => row.when.map((when) => [when, row] as const)),
);

/** A version's name that the service takes for none: as good as a version that is not there. */
const INVALID_VERSION = /version.?id/i;

/** The row of the table for a code and, where the code is unknown, for the status. */
export function errorRow(fault: ServiceFault): ErrorRow {
  if (fault.code === "InvalidArgument" && INVALID_VERSION.test(fault.message)) {
    return rows.get("NoSuchVersion") ?? OTHER_ERROR;
  }
  return rows.get(fault.code) ?? (fault.code === "" ? rows.get(fault.status) : statusRow(fault.status)) ??
    OTHER_ERROR;
}

/** An unknown code keeps its own words, unless the status alone says what a program must do. */
function statusRow(status: number): ErrorRow | undefined {
  return status === 401 || status === 429 || status >= 500 ? rows.get(status) : undefined;
}

/** Turns what S3 reports into the error that a caller catches. */
export function toStoreError(fault: ServiceFault, call: FailedCall, setting: CallSetting): StoreError {
  const { operation, uri } = call;
  const base = {
    operation,
    uri,
    cause: fault,
    ...(fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }),
    ...(fault.waitedMs > 0 ? { waitedMs: fault.waitedMs } : {}),
  };
  if (fault.foreign !== undefined) return foreignError(fault, fault.foreign, base, setting);
  if (fault.deleteMarker && (fault.status === 405 || fault.status === 404)) {
    const [row] = ERROR_TABLE;
    if (row) {
      // 405 answers who asks for a version, which then is a marker itself.
      return new row.error(
        fault.status === 405
          ? { ...base, detail: "that version is a delete marker, which has no content" }
          : {
            ...base,
            detail: "no such object: its latest version is a delete marker",
            advice: "older ones can be read by their version",
          },
      );
    }
  }
  const row = errorRow(fault);
  const ofSource = /copy-source/i.test(fault.condition ?? "");
  if (row.error === PreconditionFailedError && call.createOnly && row.retryable === undefined && !ofSource) {
    return new AlreadyExistsError({ ...base, detail: "the object exists already" });
  }
  const onlySource = ofSource || (!call.createOnly && !call.ifMatch);
  if (row.error === PreconditionFailedError && call.seenSource && onlySource && row.retryable === undefined) {
    return new PreconditionFailedError({ ...base, detail: "the source changed while it was copied" });
  }
  if (fault.code === "NoSuchKey" && call.ifMatch) {
    return new PreconditionFailedError({ ...base, detail: "no object is there for the condition to hold" });
  }
  const detail = fillIn(row.detail, fault, call, setting) + trying(fault);
  return new row.error({
    ...base,
    detail,
    advice: row.next && fillIn(row.next, fault, call, setting),
    ...(row.retryable === undefined ? {} : { retryable: row.retryable }),
  });
}

/**
 * The error of an answer that is somebody else's. That of a gateway which is down or busy keeps its class, since a program
 * does the same about it; a 404 or 403 decides nothing.
 */
function foreignError(
  { status }: ServiceFault,
  what: string,
  base: Omit<StoreErrorOptions, "detail">,
  { endpoint }: CallSetting,
): StoreError {
  const row = status >= 500 || status === 429 || status === 408
    ? statusRow(status) ?? rows.get(status)
    : undefined;
  const detail = status < 300
    ? `the answer is not that of an S3 service: status ${status} with ${what}`
    : `a ${status} that is not the service's: ${what}`;
  const advice =
    `check what stands between here and ${endpoint} (a proxy, a captive portal), and the endpoint`;
  return row
    ? new row.error({ ...base, detail, advice: `try again later, or ${advice}` })
    : new ServiceError({ ...base, detail, advice });
}

function fillIn(text: string, fault: ServiceFault, call: FailedCall, setting: CallSetting): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => {
    switch (name) {
      case "message":
        return fault.message;
      case "permission":
        return call.permission;
      case "endpoint":
        return setting.endpoint;
      case "region":
        return JSON.stringify(setting.region);
      case "identity":
        return setting.identity;
      case "expected":
        return expected(fault, setting);
      case "skew":
        return skew(fault, setting);
      default:
        return all;
    }
  });
}

/** What was done about it, and what the service asks for. */
function trying({ attempts, retryAfterMs, waitedMs }: ServiceFault): string {
  const waited = waitedMs >= 1_000 ? ` in ${Math.round(waitedMs / 1_000)} s` : "";
  const asked = retryAfterMs === undefined ? "" : `; it asks to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
  return `${attempts > 1 ? ` (${attempts} tries${waited})` : ""}${asked}`;
}

function expected(fault: ServiceFault, setting: CallSetting): string {
  if (fault.region !== undefined && fault.region !== setting.region) {
    return `, the service names ${JSON.stringify(fault.region)}`;
  }
  const { endpoint, redirectHost } = fault;
  if (redirectHost && redirectHost !== setting.endpoint) {
    return `, which redirects to ${redirectHost}: a host that is followed only where redirectHosts names it`;
  }
  return endpoint === undefined ? "" : `, the service names ${endpoint}`;
}

function skew(fault: ServiceFault, setting: CallSetting): string {
  if (fault.serverTimeMs === undefined) return "more than 15 minutes away from that of the service";
  const seconds = Math.round((setting.nowMs - fault.serverTimeMs) / 1000);
  return `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} that of the service`;
}
