import {
  type KeyCall,
  type ObjectAttributes,
  PreconditionFailedError,
  type PutResult,
  type SetAttributesOptions,
} from "@lade/core/backend";
import { attributesAsHeaders, conditionHeaders, readEtag } from "@lade/service/body";
import type { ClientRequest } from "@lade/service/call";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { STORED_CRC } from "../names/stored_crc.ts";
import { describeBlob } from "../objects/describe_blob.ts";
import { checkTags, writeTags } from "./tags.ts";

const KEPT_CHECKSUM = `x-ms-meta-${STORED_CRC}`;

/**
 * Replaces attributes of a blob, each kind by a request of its own: content headers, metadata, tags, tier. The first two are
 * held to the etag of the one before. The other two know no etag and change none: afterwards the blob is looked at.
 */
export async function setAttributes(
  target: AzureTarget,
  key: string,
  attributes: ObjectAttributes,
  options: SetAttributesOptions,
  call: KeyCall,
): Promise<PutResult> {
  if (attributes.tags) checkTags(call, attributes.tags);
  const { ifMatch, signal } = options;
  const given = ifMatch === undefined ? {} : { ifMatch };
  const { info, headers: told } = await describeBlob(target, key, call, {
    ...given,
    ...(signal && { signal }),
  });
  let { etag, version } = info;

  const change = async (comp: string, request: Partial<Pick<ClientRequest, "headers" | "body" | "kind">>) => {
    const { headers = {}, body, kind = "write" } = request;
    const held = kind === "write" && etag !== undefined ? conditionHeaders({ ifMatch: etag }) : {};
    const answer = await target.client.send({
      method: "PUT",
      path: pathOf(target, key),
      query: { comp },
      headers: { ...headers, ...held },
      ...(body && { body }),
      kind,
      // Sent twice, it would meet the etag that the first one made.
      idempotent: kind !== "write",
      signal,
      call,
    });
    if (kind === "write") etag = readEtag(answer.headers) ?? etag;
    version = answer.headers.get("x-ms-version-id") ?? version;
  };

  const { metadata, tags, storageClass, ...texts } = attributes;
  if (Object.values(texts).some((value) => value !== undefined)) {
    const md5 = told.get("content-md5");
    const { metadata: _, storageClass: _class, ...described } = info;
    const headers = attributesAsHeaders(AZURE_NAMES, { ...described, ...texts });
    await change("properties", { headers: { ...headers, ...(md5 && { "x-ms-blob-content-md5": md5 }) } });
  }
  if (metadata) {
    const kept = told.get(KEPT_CHECKSUM);
    const headers = attributesAsHeaders(AZURE_NAMES, { metadata });
    await change("metadata", { headers: { ...headers, ...(kept && { [KEPT_CHECKSUM]: kept }) } });
  }
  if (tags) await change("tags", { body: writeTags(tags), kind: "other" });
  if (storageClass !== undefined) {
    await change("tier", { headers: { "x-ms-access-tier": storageClass }, kind: "other" });
  }
  if (tags || storageClass !== undefined) {
    const { info: after } = await describeBlob(target, key, call, signal ? { signal } : {});
    if (after.etag !== etag) {
      const detail = "the object was replaced meanwhile, and the new one may have the tags and the tier";
      throw new PreconditionFailedError({ operation: call.operation, uri: call.uri, detail });
    }
  }
  return { size: info.size, ...(etag !== undefined && { etag }), ...(version !== undefined && { version }) };
}
