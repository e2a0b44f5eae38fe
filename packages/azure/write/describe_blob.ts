import type { HeadOptions, ObjectInfo } from "@lade/core/backend";
import { checkAnswered, conditionHeaders, readObjectInfo, readSize, unlikeService } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** Asks what a blob is, for who needs more of the answer than an `ObjectInfo` has. */
export async function describeBlob(
  target: AzureTarget,
  key: string,
  call: FailedCall,
  options: Pick<HeadOptions, "ifMatch" | "signal">,
): Promise<{ readonly info: ObjectInfo; readonly headers: ResponseHeaders }> {
  const request = { method: "HEAD", path: pathOf(target, key), headers: conditionHeaders(options), call };
  const { headers } = await target.client.send({ ...request, kind: "head", signal: options.signal });
  const size = readSize(headers.get("content-length"));
  if (size === undefined) {
    throw unlikeService(call, AZURE_NAMES.service, "it does not tell the object's size");
  }
  const info = readObjectInfo(AZURE_NAMES, key, size, headers, true, call);
  checkAnswered(AZURE_NAMES, info, options, call);
  return { info, headers };
}
