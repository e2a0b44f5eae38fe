import type { ObjectAttributes } from "@lade/core/backend";
import { attributesAsHeaders, tagsAsQuery } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { AZURE_NAMES } from "../client/azure_names.ts";
import type { AzureTarget } from "../client/azure_target.ts";
import { checkTags } from "./tags.ts";

/** The headers that describe a new blob: attributes, tags, tier, encryption; without its conditions. */
export function writtenHeaders(
  { config }: Pick<AzureTarget, "config">,
  given: ObjectAttributes,
  call: FailedCall,
): Headers {
  const tags = { ...config.tags, ...given.tags };
  checkTags(call, tags);
  const text = tagsAsQuery(tags);
  return {
    ...(config.accessTier && { "x-ms-access-tier": config.accessTier }),
    ...attributesAsHeaders(AZURE_NAMES, given),
    ...(text && { "x-ms-tags": text }),
    ...scopeHeaders({ config }),
  };
}

/** A call that sends these headers: one with tags needs the right to set them. */
export function callWith(headers: Headers, call: FailedCall): FailedCall {
  return "x-ms-tags" in headers ? { ...call, step: "write with tags to" } : call;
}

/** The encryption that every request which stores something has to name. */
export function scopeHeaders({ config }: Pick<AzureTarget, "config">): Headers {
  return config.encryptionScope === undefined ? {} : { "x-ms-encryption-scope": config.encryptionScope };
}

type Headers = Readonly<Record<string, string>>;
