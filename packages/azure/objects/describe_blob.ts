import type { HeadOptions, ObjectInfo } from "@lade/core/backend";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { describeObject, type ServedObject } from "@lade/service/objects";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { namesFor, versionQuery } from "../client/version_query.ts";
import { checkIsObject } from "./check_is_object.ts";

/** A blob, or a version or snapshot of it, as the service gives it. */
export function servedBlob(
  target: AzureTarget,
  key: string,
  asked: FailedCall,
  version?: string,
): ServedObject {
  const { client } = target;
  const call = { ...asked, step: version === undefined ? "look at" : "look at a version of" };
  const check = (headers: ResponseHeaders) => checkIsObject(headers, call, version);
  const [names, query] = [namesFor(version), versionQuery(version)];
  return { client, names, key, path: pathOf(target, key), query, call, check };
}

/** Asks what a blob is, for who needs more of the answer than an `ObjectInfo` has. */
export async function describeBlob(
  target: AzureTarget,
  key: string,
  call: FailedCall,
  options: Pick<HeadOptions, "ifMatch" | "signal">,
): Promise<{ readonly info: ObjectInfo; readonly headers: ResponseHeaders }> {
  return await describeObject(servedBlob(target, key, call), options);
}
