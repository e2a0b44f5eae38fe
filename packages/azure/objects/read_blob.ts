import type { GetOptions, GetResult, HeadOptions, ObjectInfo } from "@lade/core/backend";
import { type HeaderNames, readSuffix } from "@lade/service/body";
import type { ResponseHeaders } from "@lade/service/http";
import { getObject, headObject, type ServedObject } from "@lade/service/objects";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { checkVersionedCall, namesFor, versionQuery } from "../client/version_query.ts";
import { checkIsObject } from "./check_is_object.ts";
import { hasStaleChecksums } from "./has_stale_checksums.ts";

/** Reads no checksums, where nothing is to be verified. */
const UNVERIFIED: Pick<HeaderNames, "readChecksums"> = { readChecksums: () => ({}) };

/** Reads a blob or a range of it in one request. The service cuts no suffix by itself, so its size is asked for first. */
export async function readBlob(target: AzureTarget, key: string, options: GetOptions): Promise<GetResult> {
  const { range } = options;
  if (range && "suffixLength" in range) {
    const reads = {
      get: (given: GetOptions) => readBlob(target, key, given),
      head: (given: HeadOptions) => headBlob(target, key, given, "get"),
    };
    return await readSuffix(reads, range.suffixLength, options);
  }
  const object = served(target, "get", key, options);
  const names = { ...object.names, ...(!target.config.verifyDownloads && UNVERIFIED) };
  return await getObject({ ...object, names }, options);
}

/** Describes a blob, for itself or for another operation, which errors then name. */
export async function headBlob(
  target: AzureTarget,
  key: string,
  options: HeadOptions,
  operation: string = "head",
): Promise<ObjectInfo> {
  return await headObject(served(target, operation, key, options), options);
}

function served(target: AzureTarget, operation: string, key: string, options: GetOptions): ServedObject {
  const { client, limits } = target;
  const { version } = options;
  const call = checkVersionedCall(target, operation, key, options);
  const check = (headers: ResponseHeaders) => checkIsObject(headers, call, version);
  const [names, query] = [namesFor(version), versionQuery(version)];
  const isStale = (info: ObjectInfo) => hasStaleChecksums(target, info, call, version, options.signal);
  const object = { client, names, key, path: pathOf(target, key), query, call, check };
  return { ...object, limit: limits.read, hasStaleChecksums: isStale };
}
