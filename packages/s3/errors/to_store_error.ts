import { NotFoundError, PreconditionFailedError, type StoreError } from "@lade/core/backend";
import {
  type ErrorRow,
  ErrorTable,
  type FailedCall as ServiceCall,
  type FaultSetting,
} from "@lade/service/errors";
import { ERROR_TABLE } from "./error_table.ts";
import type { S3Fault } from "./s3_fault.ts";

/** What is known of the call that failed. */
export interface FailedCall extends ServiceCall {
  /** The IAM permission that the call needs, such as `s3:GetObject`. */
  readonly permission: string;
  /** The call was to go on only while the etag of an object is a given one. */
  readonly ifMatch?: boolean | undefined;
  /** The call copies a source as it was seen before; its caller set no condition on it. */
  readonly seenSource?: boolean | undefined;
}

/** What is known of the service and of who asks. */
export interface CallSetting extends FaultSetting {
  /** The region that requests are signed for. */
  readonly region: string;
}

const TABLE = new ErrorTable("an S3 service", ERROR_TABLE);

const IS_MARKER: ErrorRow = {
  when: [],
  error: NotFoundError,
  detail: "that version is a delete marker, which has no content",
};
const LATEST_IS_MARKER: ErrorRow = {
  when: [],
  error: NotFoundError,
  detail: "no such object: its latest version is a delete marker",
  advice: "older ones can be read by their version",
};
const SOURCE_CHANGED: ErrorRow = {
  when: [],
  error: PreconditionFailedError,
  detail: "the source changed while it was copied",
};
const NONE_TO_MATCH: ErrorRow = {
  when: [],
  error: PreconditionFailedError,
  detail: "no object is there for the condition to hold",
};

/** Turns what S3 reports into the error that a caller catches. */
export function toStoreError(fault: S3Fault, call: FailedCall, setting: CallSetting): StoreError {
  const words = (name: string) => {
    switch (name) {
      case "permission":
        return call.permission;
      case "region":
        return JSON.stringify(setting.region);
      case "expected":
        return expected(fault, setting);
      case "skew":
        return fault.serverTimeMs === undefined
          ? "more than 15 minutes away from that of the service"
          : undefined;
      default:
        return undefined;
    }
  };
  return TABLE.storeError(fault, call, setting, { row: rowOfCall(fault, call), words });
}

/** The row of a failure that means something else to this call. */
function rowOfCall(fault: S3Fault, call: FailedCall): ErrorRow | undefined {
  // 405 answers who asks for a version, which then is a marker itself.
  if (fault.deleteMarker && fault.status === 405) return IS_MARKER;
  if (fault.deleteMarker && fault.status === 404) return LATEST_IS_MARKER;
  if (fault.code === "NoSuchKey" && call.ifMatch) return NONE_TO_MATCH;
  const row = TABLE.rowOf(fault);
  if (row.error !== PreconditionFailedError || row.retryable !== undefined) return undefined;
  const ofSource = /copy-source/i.test(fault.condition ?? "");
  const onlySource = ofSource || (!call.createOnly && !call.ifMatch);
  if (call.seenSource && onlySource) return SOURCE_CHANGED;
  return ofSource ? row : undefined;
}

function expected(fault: S3Fault, setting: CallSetting): string {
  if (fault.region !== undefined && fault.region !== setting.region) {
    return `, the service names ${JSON.stringify(fault.region)}`;
  }
  const { endpoint, redirectHost } = fault;
  if (redirectHost && redirectHost !== setting.endpoint) {
    return `, which redirects to ${redirectHost}: a host that is followed only where redirectHosts names it`;
  }
  return endpoint === undefined ? "" : `, the service names ${endpoint}`;
}
