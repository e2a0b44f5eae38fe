import {
  checkCall,
  type GetOptions,
  type GetResult,
  type HeadOptions,
  type ObjectInfo,
  ServiceError,
  UnavailableError,
} from "@lade/core/backend";
import { type HeaderNames, readSuffix } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { getObject, headObject, type ServedObject } from "@lade/service/objects";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** What a read is held against where nothing is to be verified. */
const UNVERIFIED: HeaderNames = { ...AZURE_NAMES, readChecksums: () => ({}) };

/** Reads a blob or a range of it in one request. The service cuts no suffix by itself, so its size is asked for first. */
export async function readBlob(target: AzureTarget, key: string, options: GetOptions): Promise<GetResult> {
  const { range } = options;
  if (range && "suffixLength" in range) {
    const reads = {
      get: (given: GetOptions) => readBlob(target, key, given),
      head: (given: HeadOptions) => describe(target, "get", key, given),
    };
    return await readSuffix(reads, range.suffixLength, options);
  }
  const names = target.config.verifyDownloads ? AZURE_NAMES : UNVERIFIED;
  return await getObject({ ...served(target, "get", key, options), names }, options);
}

/** Describes a blob. */
export function headBlob(target: AzureTarget, key: string, options: HeadOptions): Promise<ObjectInfo> {
  return describe(target, "head", key, options);
}

async function describe(target: AzureTarget, operation: string, key: string, options: HeadOptions) {
  return await headObject(served(target, operation, key, options), options);
}

function served(target: AzureTarget, operation: string, key: string, options: GetOptions): ServedObject {
  const { client, limits } = target;
  const call = checkCall(target, operation, key, options);
  const check = (headers: ResponseHeaders) => checkCopied(headers, call);
  return { client, names: AZURE_NAMES, key, path: pathOf(target, key), call, check, limit: limits.read };
}

/** Refuses a blob that the service still copies into, or has not copied to its end: it has no content, or a part of it. */
function checkCopied(headers: ResponseHeaders, { operation, uri }: FailedCall): void {
  const status = headers.get("x-ms-copy-status");
  if (status === undefined || status === "success") return;
  const call = { operation, uri };
  if (status === "pending") {
    const [copied, size] = (headers.get("x-ms-copy-progress") ?? "").split("/");
    const detail = `the service still copies into it${size ? ` (${copied} of ${size} bytes)` : ""}`;
    throw new UnavailableError({ ...call, detail, advice: "try again when the copy is done" });
  }
  const reason = headers.get("x-ms-copy-status-description");
  throw new ServiceError({
    ...call,
    detail: `a copy into it has come to nothing (${[status, reason].filter(Boolean).join(": ")})`,
    advice: "copy it again, or delete it",
  });
}
