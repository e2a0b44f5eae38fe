import type { HeadOptions, ObjectInfo } from "@lade/core/backend";
import { checkAnswered, conditionHeaders, readObjectInfo, readSize, unlikeService } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
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
  const { signal, version } = options;
  const [names, query] = [namesFor(version), versionQuery(version)];
  const request = {
    method: "HEAD",
    path: pathOf(target, key),
    query,
    headers: conditionHeaders(options),
    call,
  };
  const { headers } = await target.client.send({ ...request, kind: "head", signal });
  checkIsObject(headers, call);
  const size = readSize(headers.get("content-length"));
  if (size === undefined) {
    throw unlikeService(call, names.service, "it does not tell the object's size");
  }
  const info = readObjectInfo(names, key, size, headers, true, call);
  checkAnswered(names, info, options, call);
  return { info, headers };
}
