import type { HeadOptions, ObjectInfo } from "@lade/core/backend";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { describeObject } from "@lade/service/objects";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { namesFor, versionQuery } from "../client/version_query.ts";
import { checkIsObject } from "./check_is_object.ts";

/** Asks what a blob is, for who needs more of the answer than an `ObjectInfo` has. */
export async function describeBlob(
  target: AzureTarget,
  key: string,
  call: FailedCall,
  options: Pick<HeadOptions, "ifMatch" | "version" | "signal">,
): Promise<{ readonly info: ObjectInfo; readonly headers: ResponseHeaders }> {
  const { version } = options;
  const check = (headers: ResponseHeaders) => checkIsObject(headers, call, version);
  const place = { key, path: pathOf(target, key), query: versionQuery(version) };
  const { client } = target;
  const looking = { ...place, call: { ...call, step: "look at" }, check };
  return await describeObject({ client, names: namesFor(version), ...looking }, options);
}
