import {
  checkCall,
  type GetOptions,
  type GetResult,
  type HeadOptions,
  type ObjectInfo,
} from "@lade/core/backend";
import { readSuffix } from "@lade/service/body";
import { getObject, headObject, type ServedObject } from "@lade/service/objects";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** Reads a blob or a range of it. The service cuts no suffix by itself. */
export async function readBlob(target: AzureTarget, key: string, options: GetOptions): Promise<GetResult> {
  const { range } = options;
  if (range && "suffixLength" in range) {
    const reads = {
      get: (given: GetOptions) => readBlob(target, key, given),
      head: (given: HeadOptions) => headBlob(target, key, given),
    };
    return await readSuffix(reads, range.suffixLength, options);
  }
  return await getObject(served(target, "get", key, options), options);
}

/** Describes a blob. */
export async function headBlob(target: AzureTarget, key: string, options: HeadOptions): Promise<ObjectInfo> {
  return await headObject(served(target, "head", key, options), options);
}

function served(target: AzureTarget, operation: string, key: string, options: GetOptions): ServedObject {
  const { client, limits } = target;
  const call = checkCall(target, operation, key, options);
  return { client, names: AZURE_NAMES, key, path: pathOf(target, key), call, limit: limits.read };
}
