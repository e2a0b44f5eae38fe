import type { ObjectAttributes } from "@lade/core/backend";
import { attributesAsHeaders } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { encodeStrict } from "@lade/service/http";
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
  const text = Object.entries(tags).map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`)
    .join("&");
  return {
    ...(config.accessTier && { "x-ms-access-tier": config.accessTier }),
    ...attributesAsHeaders(AZURE_NAMES, given),
    ...(text && { "x-ms-tags": text }),
    ...scopeHeaders({ config }),
  };
}

/** The encryption that every request which stores something has to name. */
export function scopeHeaders({ config }: Pick<AzureTarget, "config">): Headers {
  return config.encryptionScope === undefined ? {} : { "x-ms-encryption-scope": config.encryptionScope };
}

type Headers = Readonly<Record<string, string>>;
