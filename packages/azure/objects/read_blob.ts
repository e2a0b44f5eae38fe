import type { GetOptions, GetResult, HeadOptions, ObjectInfo } from "@lade/core/backend";
import { type HeaderNames, readSuffix } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { getObject, headObject, type ServedObject } from "@lade/service/objects";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { namesFor, versionQuery } from "../client/version_query.ts";
import { checkIsObject } from "./check_is_object.ts";
import { hasStaleChecksums } from "./has_stale_checksums.ts";

/** Reads no checksums, where nothing is to be verified. */
const UNVERIFIED: Pick<HeaderNames, "readChecksums"> = { readChecksums: () => ({}) };

/** Reads a blob or a range of it in one request. The service cuts no suffix by itself, so its size is asked for first. */
export async function readBlob(
  target: AzureTarget,
  key: string,
  options: GetOptions,
  call: FailedCall,
): Promise<GetResult> {
  const { range } = options;
  if (range && "suffixLength" in range) {
    const reads = {
      get: (given: GetOptions) => readBlob(target, key, given, call),
      head: (given: HeadOptions) => headBlob(target, key, given, call),
    };
    return await readSuffix(reads, range.suffixLength, options);
  }
  const object = served(target, key, options, call);
  const names = { ...object.names, ...(!target.config.verifyDownloads && UNVERIFIED) };
  return await getObject({ ...object, names }, options);
}

/** Describes a blob. */
export async function headBlob(
  target: AzureTarget,
  key: string,
  options: HeadOptions,
  call: FailedCall,
): Promise<ObjectInfo> {
  return await headObject(served(target, key, options, call), options);
}

function served(target: AzureTarget, key: string, options: HeadOptions, asked: FailedCall): ServedObject {
  const { client, limits } = target;
  const { version, signal } = options;
  const call = { ...asked, step: version === undefined ? "look at" : "look at a version of" };
  const check = (headers: ResponseHeaders) => checkIsObject(headers, call, version);
  const [names, query] = [namesFor(version), versionQuery(version)];
  const isStale = (info: ObjectInfo) => hasStaleChecksums(target, info, call, version, signal);
  const object = { client, names, key, path: pathOf(target, key), query, call, check };
  return { ...object, limit: limits.read, hasStaleChecksums: isStale };
}
