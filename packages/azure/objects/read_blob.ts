import {
  checkRange,
  type GetOptions,
  type GetResult,
  type HeadOptions,
  type ObjectInfo,
} from "@lade/core/backend";
import { type HeaderNames, readSuffix } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { getObject, headObject } from "@lade/service/objects";
import type { AzureTarget } from "../client/azure_target.ts";
import { servedBlob } from "./describe_blob.ts";
import { hasStaleChecksums } from "./has_stale_checksums.ts";

/** Reads no checksums, where nothing is to be verified. */
const UNVERIFIED: Pick<HeaderNames, "readChecksums"> = { readChecksums: () => ({}) };

/** Reads a blob or a range of it in one request. The service cuts no suffix by itself, so its size is asked for first. */
export function readBlob(
  target: AzureTarget,
  key: string,
  options: GetOptions,
  call: FailedCall,
): Promise<GetResult> {
  const { range } = options;
  if (range) checkRange(range);
  if (range && "suffixLength" in range) {
    const reads = {
      get: (given: GetOptions) => readBlob(target, key, given, call),
      head: (given: HeadOptions) => headBlob(target, key, given, call),
    };
    return readSuffix(reads, range.suffixLength, options);
  }
  const { version, signal } = options;
  const object = servedBlob(target, key, call, version);
  const names = target.config.verifyDownloads ? object.names : { ...object.names, ...UNVERIFIED };
  const isStale = (info: ObjectInfo) => hasStaleChecksums(target, info, object.call, version, signal);
  const reading = { ...object, names, limit: target.limits.read, hasStaleChecksums: isStale };
  return getObject(reading, options);
}

/** Describes a blob. */
export async function headBlob(
  target: AzureTarget,
  key: string,
  options: HeadOptions,
  call: FailedCall,
): Promise<ObjectInfo> {
  return await headObject(servedBlob(target, key, call, options.version), options);
}
