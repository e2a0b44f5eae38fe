import { quote } from "@lade/core/text";
import type { Profile } from "../config/profile.ts";
import { containerCredentials } from "./container_credentials.ts";
import type { LoadedCredentials } from "./credential_cache.ts";
import { type CredentialContext, CredentialReader } from "./credential_reader.ts";
import { instanceCredentials } from "./instance_credentials.ts";
import { ownCredentials, roleCredentials } from "./profile_credentials.ts";
import { webIdentityCredentials } from "./web_identity_credentials.ts";

/** Credentials, or why no source has any. */
export interface SearchOutcome {
  /** The credentials. */
  readonly found?: LoadedCredentials;
  /** What was searched in vain. */
  readonly reasons: readonly string[];
}

/** Looks for credentials everywhere but in options and in plain variables, in the order of the AWS command line. */
export async function searchFurther(context: CredentialContext, profile: Profile): Promise<SearchOutcome> {
  const reader = new CredentialReader(context, profile);
  const found = await roleCredentials(reader) ??
    await webIdentityCredentials(reader, { environmentOnly: true }) ?? await ownCredentials(reader);
  if (found) return { found, reasons: [] };
  const container = await containerCredentials(reader);
  if (container) {
    return { found: { value: container, source: "the container's credential service" }, reasons: [] };
  }
  const instance = await instanceCredentials(reader);
  if ("keys" in instance) {
    return { found: { value: instance.keys, source: "the instance's metadata" }, reasons: [] };
  }
  const none = profile.exists
    ? `profile ${quote(profile.name)} names no source of keys`
    : profile.files.missing(profile.name);
  return { reasons: [none, "no container's credential service is named", instance.reason] };
}
